"""Pictures and a servable's files to be put into buckets: drawn and written in a moment, without TensorFlow."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

from PIL import Image, ImageDraw

from aoi_modules.modelstore import layout
from aoi_modules.modelstore.manifest import Head, Manifest, PictureInput
from aoi_modules.modelstore.version_dir import staged
from aoi_modules.wire.messages import SignatureDef

LABELS = ("good", "scratch")
SIZE = 32
_STRING, _FLOAT, _UINT8 = 7, 1, 4


def draw_pictures(folder: Path, dice: Random, number: int = 3) -> list[Path]:
    """Draws gray pictures of good and scratched parts, a folder for each label; gives their files."""
    paths = []
    for label in LABELS:
        (folder / label).mkdir(parents=True, exist_ok=True)
        for place in range(number):
            picture = Image.new("L", (SIZE, SIZE), dice.randrange(150, 220))
            if label == "scratch":
                ends = [(dice.randrange(SIZE), 0), (dice.randrange(SIZE), SIZE)]
                ImageDraw.Draw(picture).line(ends, fill=40, width=2)
            path = folder / label / f"{dice.randrange(100, 1000)}-{place}.png"
            picture.save(path)
            paths.append(path)
    return paths


def write_files_of_servable(base_path: Path, name: str) -> Path:
    """Writes version 1 of a component, as the registry wants it; gives its folder.

    It has a manifest, signatures and checksums, and a network of nothing: a server would load no score from it.

    Args:
        base_path: of all components.
        name: of this one.
    """
    head = Head(name="scratch", kind="defect", labels=LABELS, threshold=0.5)
    picture = PictureInput(height=SIZE, width=SIZE, channels=1)
    manifest = Manifest(component=name, version=1, heads=(head,), picture=picture)
    with staged(base_path / name, 1) as folder:
        manifest.write(folder)
        (folder / layout.VARIABLES).mkdir()
        (folder / layout.VARIABLES / "variables.index").write_bytes(b"index")
        (folder / layout.VARIABLES / "variables.data-00000-of-00001").write_bytes(bytes(1000))
        (folder / layout.SAVED_MODEL).write_bytes(_saved_model(_signatures(), manifest.to_json()))
    return base_path / name / "1"


def _signatures() -> Mapping[str, SignatureDef]:
    found = {name: SignatureDef() for name in ("serving_default", "pixels", "manifest")}
    _tensor(found["serving_default"], "inputs", "image", _STRING, [-1])
    _tensor(found["pixels"], "inputs", "image", _UINT8, [-1, -1, -1, 1])
    _tensor(found["manifest"], "outputs", "json", _STRING, [])
    for name in ("serving_default", "pixels"):
        _tensor(found[name], "outputs", "scratch", _FLOAT, [-1, 1])
    return found


def _tensor(signature: SignatureDef, side: str, name: str, dtype: int, sizes: Sequence[int]) -> None:
    info = getattr(signature, side)[name]
    info.dtype = dtype
    info.tensor_shape.SetInParent()
    for size in sizes:
        info.tensor_shape.dim.add(size=size)


def _saved_model(signatures: Mapping[str, SignatureDef], constant: bytes) -> bytes:
    """A SavedModel with signatures, and a graph (field 2) of nothing but a constant."""
    entries = b"".join(
        _field(5, _field(1, name.encode()) + _field(2, signature.SerializeToString()))
        for name, signature in signatures.items()
    )
    return _field(2, _field(2, _field(1, constant)) + entries)


def _field(number: int, content: bytes) -> bytes:
    """A field of bytes in protobuf's format."""
    size, length = len(content), b""
    while size > 0x7F:
        length += bytes([size & 0x7F | 0x80])
        size >>= 7
    return bytes([number << 3 | 2]) + length + bytes([size]) + content
