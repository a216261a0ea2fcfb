"""Small version folders that keep to the servable's contract, without TensorFlow. They cannot be run."""

from collections.abc import Mapping
from pathlib import Path

from aoi_modules.modelstore import layout
from aoi_modules.modelstore.manifest import Head, Manifest, PictureInput
from aoi_modules.modelstore.version_dir import staged
from aoi_modules.wire.messages import SignatureDef

STRING, FLOAT, UINT8 = 7, 1, 4


def manifest_of(name: str, version: int, threshold: float = 0.5) -> Manifest:
    """Of one defect head on gray pictures of 8 x 8."""
    head = Head(name="defect", kind="defect", labels=("good", "defect"), threshold=threshold)
    return Manifest(component=name, version=version, heads=(head,), picture=PictureInput(height=8, width=8, channels=1))


def write_version(
    base_path: Path, name: str = "tile", version: int = 1, *, size: int = 1000, mark: bytes = b""
) -> Path:
    """Writes a version; returns its folder.

    Args:
        base_path: of all models.
        name: of the model.
        version: its number.
        size: bytes of its weights.
        mark: what the weights begin with.
    """
    manifest = manifest_of(name, version)
    with staged(base_path / name, version) as folder:
        manifest.write(folder)
        (folder / layout.VARIABLES).mkdir()
        (folder / layout.VARIABLES / "variables.index").write_bytes(b"index")
        (folder / layout.VARIABLES / "variables.data-00000-of-00001").write_bytes(mark + bytes(size))
        (folder / layout.SAVED_MODEL).write_bytes(_saved_model(_signatures(), manifest.to_json()))
    return base_path / name / str(version)


def _signatures() -> Mapping[str, SignatureDef]:
    found = {name: SignatureDef() for name in ("serving_default", "pixels", "manifest")}
    _tensor(found["serving_default"], "inputs", "image", STRING, -1)
    _tensor(found["pixels"], "inputs", "image", UINT8, -1, -1, -1, 1)
    _tensor(found["manifest"], "outputs", "json", STRING)
    for name in ("serving_default", "pixels"):
        _tensor(found[name], "outputs", "defect", FLOAT, -1, 1)
    return found


def _tensor(signature: SignatureDef, side: str, name: str, dtype: int, *sizes: int) -> None:
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
