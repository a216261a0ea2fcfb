"""Picture files drawn at random: every format, depth and mode, whole and damaged."""

import io
import struct
import zlib
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import simplejpeg
from numpy.typing import NDArray
from PIL import Image

Lot = np.random.Generator
Kind = TypeVar("Kind")
PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
NOTES = {
    b"gAMA": struct.pack(">I", 100_000),
    b"sRGB": b"\0",
    b"pHYs": bytes(9),
    b"tEXt": b"a\0b",
    b"acTL": bytes(8),
    b"prVt": b"hello",
    b"iCCP": b"x\0\0junk",
    b"eXIf": b"MM\0*\0\0\0\x08\0\0",
}
MASKS = (bytes.fromhex("0000ff0000ff0000ff00000000000000"), bytes.fromhex("ff00000000ff00000000ff0000000000"))


def soft(height: int, width: int, seed: int = 0) -> NDArray[np.uint8]:
    """Soft colours with a little noise: uint8 (height, width, 3)."""
    rows, columns = np.mgrid[0:height, 0:width]
    waves = np.stack([np.sin(columns / 7), np.cos(rows / 5), np.sin((rows + columns) / 9)], axis=-1)
    noise = np.random.default_rng(seed).normal(0, 12, waves.shape)
    return np.clip(128 + 90 * waves + noise, 0, 255).astype(np.uint8)


def encoded(image: Image.Image | NDArray[np.uint8], form: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    (Image.fromarray(image) if isinstance(image, np.ndarray) else image).save(file, form, **options)
    return file.getvalue()


def chunk(name: bytes, body: bytes, wrong: int = 0) -> bytes:
    """A part of a PNG; its checksum is wrong by `wrong`."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body) ^ wrong)


def png(
    rows: bytes, width: int, height: int, *, bits: int = 8, kind: int = 0, interlaced: int = 0, before: bytes = b"",
    after: bytes = b"", stream: bytes | None = None,
) -> bytes:  # fmt: skip
    """A PNG by hand: `rows` with their filters, or a whole `stream`; other parts before and after it."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, interlaced))
    stream = zlib.compress(rows) if stream is None else stream
    return b"\x89PNG\r\n\x1a\n" + head + before + chunk(b"IDAT", stream) + after + chunk(b"IEND", b"")


def bmp(
    pixels: bytes, width: int, height: int, *, bits: int = 24, compression: int = 0, header: int = 40,
    table: bytes = b"", masks: bytes = MASKS[0],
) -> bytes:  # fmt: skip
    """A BMP by hand; a negative height is top-down."""
    info = struct.pack("<IiiHHIIiiII", header, width, height, 1, bits, compression, len(pixels), 0, 0, 0, 0)
    if header > 40:
        info = (info + masks + bytes(header))[:header]
    elif compression == 3:
        table = masks[:12] + table
    start = 14 + len(info) + len(table)
    return b"BM" + struct.pack("<IHHI", start + len(pixels), 0, 0, start) + info + table + pixels


def drawn_png(lot: Lot) -> bytes:
    kinds = ((1, 0), (2, 0), (4, 0), (8, 0), (8, 2), (1, 3), (2, 3), (4, 3), (8, 3), (8, 4), (8, 6), (16, 0), (16, 2))
    bits, kind = kinds[lot.integers(len(kinds))]
    samples, interlaced = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[kind], int(lot.random() < 0.4)
    width, height = lot.integers(1, 40, 2).tolist()
    rows = b""
    for column, row, across, down in PASSES if interlaced else ((0, 0, 1, 1),):
        columns, lines = max(0, -(-(width - column) // across)), max(0, -(-(height - row) // down))
        if columns and lines:
            block = lot.integers(0, 256, (lines, 1 + (columns * samples * bits + 7) // 8), np.uint8)
            block[:, 0] = lot.integers(0, 5, lines)
            rows += block.tobytes()
    stream = zlib.compress(rows[: len(rows) - int(lot.random() < 0.05)] + bytes(int(lot.random() < 0.05)))
    stream = _one(lot, [stream[:-4], stream[:-4] + b"wrng", stream + b"more"]) if lot.random() < 0.1 else stream
    colours = lot.integers(0, 256, 3 * int(lot.integers(1, (1 << min(bits, 8)) + 1)), np.uint8).tobytes()
    before = _notes(lot) + (chunk(b"PLTE", colours) if kind == 3 else b"")
    if lot.random() < 0.3:
        before += chunk(b"tRNS", bytes({0: 2, 2: 6, 3: 1}.get(kind, 2)))
    file = png(b"", width, height, bits=bits, kind=kind, interlaced=interlaced, before=before + _notes(lot),
               after=_notes(lot), stream=stream)  # fmt: skip
    return file + (b"behind" if lot.random() < 0.1 else b"")


def _notes(lot: Lot) -> bytes:
    return b"".join(chunk(name, body, int(lot.random() < 0.2)) for name, body in NOTES.items() if lot.random() < 0.06)


def drawn_jpeg(lot: Lot) -> bytes:
    height, width = lot.integers(1, 60, 2).tolist()
    pixels = soft(height, width) if lot.random() < 0.6 else lot.integers(0, 256, (height, width, 3), np.uint8)
    if lot.random() < 0.2:
        sampling = _one(lot, ["444", "422", "420", "440", "411"])
        return bytes(simplejpeg.encode_jpeg(pixels, int(lot.integers(20, 100)), "RGB", sampling))
    options = {"quality": int(lot.integers(1, 101)), "progressive": bool(lot.random() < 0.4)}
    if lot.random() < 0.2:
        options["restart_marker_blocks"] = 2
    mode = _one(lot, ["RGB", "RGB", "RGB", "L", "L", "CMYK"])
    if mode == "RGB":
        options |= {"keep_rgb": True} if lot.random() < 0.2 else {"subsampling": int(lot.integers(3))}
    return encoded(Image.fromarray(pixels).convert(mode), "JPEG", **options)


def drawn_bmp(lot: Lot) -> bytes:
    width, height = lot.integers(1, 40, 2).tolist()
    bits = _one(lot, [1, 4, 8, 8, 16, 24, 24, 32, 32])
    table = np.zeros((1 << bits if bits <= 8 else 0, 4), np.uint8)
    if lot.random() < 0.7:
        table[:, :3] = np.linspace(0, 255, len(table), dtype=np.uint8)[:, np.newaxis]
    else:
        table[:, :3] = lot.integers(0, 256, (len(table), 3))
    pixels = lot.integers(0, 256, (width * bits + 31) // 32 * 4 * height, np.uint8).tobytes()
    file = bmp(
        pixels, width, height if lot.random() < 0.7 else -height, bits=bits, table=table.tobytes(),
        compression=_one(lot, [0, 0, 0, 3, 1]), header=_one(lot, [40, 40, 108, 124, 16]), masks=_one(lot, MASKS),
    )  # fmt: skip
    return file + (b"behind" if lot.random() < 0.2 else b"")


def drawn_other(lot: Lot) -> bytes:
    form = _one(lot, ["GIF", "TIFF", "WEBP", "JPEG2000", "AVIF", "PPM", "ICO"])
    return encoded(soft(16, 16), form)


def damaged(lot: Lot, content: bytes) -> bytes:
    """Often whole; else cut off, with bytes flipped, lost or more of them."""
    found, at = bytearray(content), int(lot.integers(len(content)))
    match _one(lot, ["whole", "whole", "cut", "end", "flip", "head", "lost", "more", "marker"]):
        case "cut":
            return content[:at]
        case "end":
            return content[: -int(lot.integers(1, 6))]
        case "flip":
            found[at] ^= 1 << int(lot.integers(8))
        case "head":
            found[int(lot.integers(min(len(content), 200)))] = int(lot.integers(256))
        case "lost":
            del found[at : at + int(lot.integers(1, 20))]
        case "more":
            found[at:at] = lot.integers(0, 256, int(lot.integers(1, 20)), np.uint8).tobytes()
        case "marker":
            found[at:at] = bytes([0xFF, int(lot.integers(256))])
    return bytes(found)


def drawn(seed: int) -> bytes:
    """One file: its format, what it holds and what was done to it follow from the seed."""
    lot = np.random.default_rng(seed)
    makers: list[Callable[[Lot], bytes]] = [drawn_png, drawn_png, drawn_jpeg, drawn_jpeg, drawn_bmp, drawn_other]
    return damaged(lot, _one(lot, makers)(lot))


def _one(lot: Lot, values: list[Kind] | tuple[Kind, ...]) -> Kind:
    return values[int(lot.integers(len(values)))]
