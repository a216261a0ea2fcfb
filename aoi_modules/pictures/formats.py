"""The table of picture formats: which files are read, and the one sentence by which everybody refuses the others.

Training, the exported graph, both engines, gateway and client read this table, so a file that one of them takes is
taken by all, with the same pixels. What the usual decoders read differently is not in it.
"""

from dataclasses import dataclass

ENDINGS = (".png", ".jpg", ".jpeg", ".bmp")
OTHER_ENDINGS = (
    ".tif", ".tiff", ".gif", ".webp", ".heic", ".heif", ".avif", ".jp2", ".j2k", ".jxl", ".ppm", ".pgm", ".pnm", ".raw",
    ".dng", ".psd", ".ico",
)  # fmt: skip
"""Pictures too, but none that is read."""
MAX_PIXELS = 1 << 27
"""Of a picture: a line scan of 100 megapixels is read. A small file can unfold to any size, so the header is asked
before memory is taken."""
MAX_SIDE = 1_000_000
"""Pixels of a side; PNG decoders take no more."""
EXPECTED = "expected a PNG, JPEG or BMP picture, gray or RGB, of 8 bits a channel"
CONVERT = "convert it: aoi data convert FILE --out DIR"

PNG_START, JPEG_START, BMP_START = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"BM"


@dataclass(frozen=True)
class Format:
    """One row of the table, in words for people.

    Args:
        name: of the format.
        read: what is read of it, and how.
        refused: what is refused although it is of this format.
    """

    name: str
    read: str
    refused: str


TABLE = (
    Format(
        "PNG",
        "1, 2, 4 or 8 bits; gray, RGB or palette; interlaced or not; transparency is dropped; of an animation the "
        "first picture",
        "16 bits a channel",
    ),
    Format(
        "JPEG",
        "baseline or progressive, gray or YCbCr or RGB, 8 bits; the rotation in EXIF is not applied",
        "CMYK, 12 bits, lossless, arithmetic coding, unusual sampling of colours",
    ),
    Format(
        "BMP",
        "24 or 32 bits; 8 bits whose colour table is the ramp of 256 gray levels; bottom-up or top-down; transparency "
        "is dropped",
        "other colour tables, 1, 4 or 16 bits, compression, channels in another order, headers of OS/2",
    ),
    Format("others", "none", "GIF, WebP, TIFF, JPEG 2000, JPEG XL, HEIC, AVIF, PNM, Photoshop and the rest"),
)


@dataclass(frozen=True)
class Refusal:
    """Why a file is refused.

    Args:
        received: what came.
        remedy: what to do about it.
    """

    received: str
    remedy: str = CONVERT

    @property
    def sentence(self) -> str:
        """What everybody says, the assertion in a servable's graph as well."""
        return f"{EXPECTED}. Received: {self.received}; {self.remedy}"


NOTHING = Refusal("no bytes", "send the content of a picture file")
UNKNOWN = Refusal("bytes that begin like no picture, whatever their name says", "save the picture as PNG")
DAMAGED = Refusal("a picture that is damaged or cut off", "take it or copy it again")
TOO_LARGE = Refusal(
    f"one of more than {MAX_PIXELS} pixels, or of a side over {MAX_SIDE}", "cut it into smaller pictures"
)
SIXTEEN_BITS = Refusal(
    "a PNG of 16 bits a channel", f"{CONVERT} --bit-depth 16, or 12 or 10 if the camera uses only so many"
)
PRINT_COLOURS = Refusal("a JPEG in the four colours of print (CMYK)")
RARE_JPEG = Refusal("a JPEG of 12 bits, lossless or with arithmetic coding", "save it as PNG of 8 bits")
RARE_SAMPLING = Refusal("a JPEG whose colours are sampled in an unusual way")
COLOUR_TABLE = Refusal("a BMP with a colour table that is no ramp of 256 gray levels")
BMP_BITS = Refusal("a BMP with other than 8, 24 or 32 bits a pixel")
PACKED_BMP = Refusal("a BMP that is compressed or has its channels in another order")
OLD_BMP = Refusal("a BMP with the header of OS/2")
FOREIGN: tuple[tuple[int, bytes, Refusal], ...] = tuple(
    (at, start, Refusal(f"a {name} picture, whatever its name says"))
    for name, at, start in (
        ("GIF", 0, b"GIF8"),
        ("WebP", 8, b"WEBP"),
        ("TIFF", 0, b"II*\0"),
        ("TIFF", 0, b"MM\0*"),
        ("TIFF", 0, b"II+\0"),
        ("TIFF", 0, b"MM\0+"),
        ("JPEG 2000", 4, b"jP  "),
        ("JPEG 2000", 0, b"\xff\x4f\xff\x51"),
        ("JPEG XL", 4, b"JXL "),
        ("JPEG XL", 0, b"\xff\x0a"),
        ("HEIC or AVIF", 4, b"ftyp"),
        ("PNM", 0, b"P4"),
        ("PNM", 0, b"P5"),
        ("PNM", 0, b"P6"),
        ("Photoshop", 0, b"8BPS"),
    )
)
"""Pictures of other formats: the place in the file, the bytes that stand there, and the refusal."""
REFUSALS: tuple[Refusal, ...] = (
    NOTHING, UNKNOWN, DAMAGED, TOO_LARGE, SIXTEEN_BITS, PRINT_COLOURS, RARE_JPEG, RARE_SAMPLING, COLOUR_TABLE, BMP_BITS,
    PACKED_BMP, OLD_BMP, *dict.fromkeys(refusal for _, _, refusal in FOREIGN),
)  # fmt: skip
"""All of them; a graph names one by its place here."""

# Of a JPEG: the two bytes of a marker are 0xFF and one of these.
JPEG_READ = (0xC0, 0xC1, 0xC2)
"""Frames that are read: baseline, extended and progressive."""
JPEG_RARE = (0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCC, 0xCD, 0xCE, 0xCF)
"""Frames that are not: lossless, hierarchical, with arithmetic coding."""
JPEG_TABLES, JPEG_FIRST_SEGMENT = 0xC4, 0xDB
"""What may stand before the frame: tables of codes, and all segments from this marker on."""
JPEG_SAMPLING = (
    b"\x11\x11\x11", b"\x12\x11\x11", b"\x12\x12\x12", b"\x13\x13\x13", b"\x21\x11\x11", b"\x21\x21\x21",
    b"\x22\x11\x11", b"\x22\x12\x12", b"\x22\x21\x21", b"\x31\x31\x31", b"\x41\x11\x11",
)  # fmt: skip
"""Sampling factors of the three channels that are read, four bits for each direction."""
BGR_MASKS = bytes.fromhex("0000ff00 00ff0000 ff000000")
"""Of a BMP with bit fields: red, green and blue where a BMP without them has them."""
