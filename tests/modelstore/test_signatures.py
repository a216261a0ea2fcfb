"""Signatures without TensorFlow are those that TensorFlow reads, and what breaks the contract is refused."""

from pathlib import Path

import msgspec
import pytest

from aoi_modules.errors import ModelError
from aoi_modules.modelstore import layout, signatures
from aoi_modules.modelstore.manifest import Head, Manifest, PictureInput, ScoreMap
from aoi_modules.wire.messages import SignatureDef

MANIFEST = Manifest(
    component="house",
    version=1,
    heads=(
        Head(name="price", kind="value", labels=()),
        Head(name="kind", kind="class", labels=("a", "b", "c")),
    ),
    picture=PictureInput(height=8, width=8, channels=3),
    features=("rooms", "area"),
)
STRING, FLOAT, UINT8 = 7, 1, 4


def tensor(signature: SignatureDef, side: str, name: str, dtype: int, *sizes: int) -> None:
    info = getattr(signature, side)[name]
    info.dtype = dtype
    info.tensor_shape.SetInParent()
    for size in sizes:
        info.tensor_shape.dim.add(size=size)


def right() -> dict[str, SignatureDef]:
    """Signatures that keep to the contract for `MANIFEST`."""
    found = {name: SignatureDef() for name in ("serving_default", "pixels", "manifest")}
    tensor(found["serving_default"], "inputs", "image", STRING, -1)
    tensor(found["pixels"], "inputs", "image", UINT8, -1, -1, -1, 3)
    tensor(found["manifest"], "outputs", "json", STRING)
    for name in ("serving_default", "pixels"):
        tensor(found[name], "inputs", "features", FLOAT, -1, 2)
        tensor(found[name], "outputs", "price", FLOAT, -1, 1)
        tensor(found[name], "outputs", "kind", FLOAT, -1, 3)
    return found


def refusal(found: dict[str, SignatureDef], manifest: Manifest = MANIFEST) -> str:
    with pytest.raises(ModelError) as caught:
        signatures.check(found, manifest, Path("models/house/1"))
    return caught.value.message


def test_the_contract_is_kept() -> None:
    signatures.check(right(), MANIFEST, Path("house"))
    signatures.check(right() | {"another": SignatureDef()}, MANIFEST, Path("house"))  # does no harm


@pytest.mark.parametrize("name", ["serving_default", "pixels", "manifest"])
def test_a_signature_that_is_missing(name: str) -> None:
    found = right()
    del found[name]
    assert refusal(found) == f"models/house/1: signature {name}: missing. Found: {', '.join(sorted(found))}"


def test_an_input_of_another_name() -> None:
    found = right()
    del found["pixels"].inputs["features"]
    tensor(found["pixels"], "inputs", "numbers", FLOAT, -1, 2)
    assert "signature pixels: expected the inputs features float (?, 2), image uint8 (?, ?, ?, 3)" in refusal(found)


def test_an_input_of_another_dtype() -> None:
    found = right()
    found["serving_default"].inputs["image"].dtype = FLOAT
    assert "Received: features float (?, 2), image float (?)" in refusal(found)


@pytest.mark.parametrize("signature", ["serving_default", "pixels"])
def test_a_head_of_another_width(signature: str) -> None:
    found = right()
    found[signature].outputs["kind"].tensor_shape.dim[1].size = 4
    assert f"signature {signature}: expected the outputs kind float (?, 3), price" in refusal(found)


def test_a_shape_of_unknown_rank() -> None:
    found = right()
    found["manifest"].outputs["json"].tensor_shape.unknown_rank = True
    assert refusal(found).endswith("expected the outputs json string (). Received: json string of any shape")


def test_a_manifest_of_other_heads_channels_or_features() -> None:
    head = msgspec.structs.replace(MANIFEST.heads[0], name="cost")
    gray = PictureInput(height=8, width=8, channels=1)
    assert "expected the outputs cost" in refusal(right(), msgspec.structs.replace(MANIFEST, heads=(head,)))
    assert "image uint8 (?, ?, ?, 1)" in refusal(right(), msgspec.structs.replace(MANIFEST, picture=gray))
    assert "expected the inputs image string (?). Received" in refusal(
        right(), msgspec.structs.replace(MANIFEST, features=())
    )


def test_shapes_are_those_of_the_labels() -> None:
    assert signatures.shapes(MANIFEST) == {"price": (1,), "kind": (3,)}


def test_a_map_is_one_more_output() -> None:
    head = Head(name="crack", kind="defect", labels=("good", "crack"), map=ScoreMap(rows=3, columns=5))
    assert signatures.shapes(msgspec.structs.replace(MANIFEST, heads=(head,))) == {"crack": (1,), "crack_map": (3, 5)}


def test_a_folder_without_a_saved_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"saved_model\.pb: cannot be loaded: No such file"):
        signatures.read(tmp_path)


def test_a_damaged_saved_model(tmp_path: Path) -> None:
    (tmp_path / layout.SAVED_MODEL).write_bytes(b"\xff\xff")
    with pytest.raises(ModelError, match=r"saved_model\.pb: cannot be loaded: damaged, no SavedModel"):
        signatures.read(tmp_path)
