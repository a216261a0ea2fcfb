from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aoi_modules.errors import ModelError
from aoi_modules.export.component import Component
from aoi_modules.export.expected import TOLERANCE, Expected
from aoi_modules.export.heads import Wish
from aoi_modules.export.model_sources import ModelSource, read
from aoi_modules.export.reading import Reading
from aoi_modules.export.servable import describe
from aoi_modules.modelstore.golden import drawn_pictures
from tests.export.networks import network, priced

IMAGES = np.random.default_rng(0).integers(0, 256, (3, 24, 32, 3), np.uint8)
SCORES = np.array([[0.1], [0.2], [0.3]], "float32")


def write(folder: Path, **arrays: Any) -> Path:
    np.savez(folder / "samples.npz", **arrays)
    return folder / "samples.npz"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    network({"bad": 1, "kind": 3}).save(tmp_path / "model.keras")
    return tmp_path / "model.keras"


def truth(model: Path) -> dict[str, Any]:
    """What Keras says, which here plays the author's framework."""
    answers = network({"bad": 1, "kind": 3})(IMAGES.astype("float32"), training=False)
    return {f"score/{name}": np.array(values) for name, values in answers.items()}


@pytest.mark.parametrize("shape", [(3, 24, 32, 3), (3, 24, 32, 1), (3, 24, 32)])
def test_pixels_become_pictures_without_loss(tmp_path: Path, shape: tuple[int, ...]) -> None:
    images = IMAGES[..., 0].reshape(shape) if 3 not in shape[1:] else IMAGES
    expected = Expected.read(write(tmp_path, images=images, scores=SCORES[:, 0]))
    assert [picture[:4] for picture in expected.pictures] == [b"\x89PNG"] * 3
    np.testing.assert_array_equal(expected.scores[""], SCORES)
    assert expected.of_heads({"defect": "score"}).scores.keys() == {"defect"}


def test_encoded_pictures_stay_as_they_are(tmp_path: Path) -> None:
    from aoi_modules.modelstore.manifest import PictureInput

    drawn = drawn_pictures(PictureInput(height=8, width=8, channels=3))[:3]
    arrays = {f"picture/{number}": np.frombuffer(picture, np.uint8) for number, picture in enumerate(drawn)}
    expected = Expected.read(write(tmp_path, **arrays, **{"score/a/b": SCORES, "score/c": SCORES}))
    assert expected.pictures == drawn
    assert expected.scores.keys() == {"a_b", "c"}  # names as our readers give them to outputs
    assert expected.of_heads({"one": "a_b", "c": "other"}).scores.keys() == {"one", "c"}
    with pytest.raises(ModelError, match=r"expected scores of each head, score/d among them\. Received: score/a_b"):
        expected.of_heads({"c": "c", "d": "e"})


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({}, "Received: nothing"),
        ({"images": IMAGES}, "expected images or picture/0.*Received: images"),
        ({"scores": SCORES}, "expected images or picture/0.*Received: scores"),
        ({"images": IMAGES / 255.0, "scores": SCORES}, "expected images of uint8"),
        ({"images": IMAGES[..., :2], "scores": SCORES}, "expected images of uint8"),
        ({"images": IMAGES, "scores": SCORES[:2]}, "expected scores of numbers.*its N = 3 pictures"),
        ({"images": IMAGES, "scores": np.array(["a", "b", "c"])}, "expected scores of numbers"),
        ({"images": IMAGES, "scores": SCORES, "features": SCORES[0]}, "expected features of numbers"),
        ({"picture/1": IMAGES[0], "scores": SCORES[:1]}, "expected picture/0 of uint8"),
        ({"images": np.array([None, 1]), "scores": SCORES}, "no readable .npz file of samples"),
    ],
)
def test_what_is_no_file_of_samples_is_refused(tmp_path: Path, arrays: dict[str, Any], message: str) -> None:
    with pytest.raises(ModelError, match=message) as caught:
        Expected.read(write(tmp_path, **arrays))
    assert "samples.npz" in caught.value.message


@pytest.mark.parametrize("content", [b"", b"nonsense", b"PK\3\4cut", b"\x93NUMPY\1\0"])
def test_another_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "samples.npz").write_bytes(content)
    with pytest.raises(ModelError, match=r"no readable \.npz file of samples"):
        Expected.read(tmp_path / "samples.npz")
    np.save(tmp_path / "array.npy", SCORES)
    with pytest.raises(ModelError, match=r"no readable \.npz file of samples"):
        Expected.read(tmp_path / "array.npy")


def test_a_model_that_agrees_takes_the_samples_as_its_own(tmp_path: Path, model: Path) -> None:
    scores = truth(model)
    scores["score/bad"] += TOLERANCE / 2
    source = read(model, [Wish("hole", "bad"), Wish("kind")], Reading(expect=write(tmp_path, images=IMAGES, **scores)))
    component = Component.of([source])
    golden = component.golden()
    assert len(golden.pictures) == 3
    np.testing.assert_array_equal(golden.scores["hole"], scores["score/bad"])
    np.testing.assert_array_equal(golden.scores["kind"], scores["score/kind"])
    manifest = describe(component, "part", 1)
    assert (manifest.golden, manifest.sources[0].golden) == ("author's scores", "author's scores")


def test_a_score_that_is_too_far_away_is_refused_with_both_numbers(tmp_path: Path, model: Path) -> None:
    scores = truth(model)
    scores["score/kind"][1, 2] = 0.75
    ours = truth(model)["score/kind"][1, 2]
    with pytest.raises(ModelError, match=r"head kind, sample 1 of .*samples\.npz") as caught:
        read(model, reading=Reading(expect=write(tmp_path, images=IMAGES, **scores)))
    assert f"gave 0.75, and the file as it is read here gives {ours:.6g}" in caught.value.message
    scores["score/kind"][1, 2] = np.nan
    with pytest.raises(ModelError, match=r"sample 1 of .* gave nan"):
        read(model, reading=Reading(expect=write(tmp_path, images=IMAGES, **scores)))


def test_scores_of_another_width_are_refused(tmp_path: Path, model: Path) -> None:
    scores = truth(model) | {"score/kind": SCORES}
    with pytest.raises(ModelError, match=r"expected scores of head kind of shape \(3, 3\)\. Received: \(3, 1\)"):
        read(model, reading=Reading(expect=write(tmp_path, images=IMAGES, **scores)))


def test_features_come_with_the_pictures(tmp_path: Path) -> None:
    made, numbers = priced(), np.random.default_rng(1).uniform(0, 1, (3, 2)).astype("float32")
    made.save(tmp_path / "model.keras")
    scores = made({"image": IMAGES.astype("float32"), "features": numbers})["price"]
    right = write(tmp_path, images=IMAGES, scores=scores, features=numbers)
    source = read(tmp_path / "model.keras", reading=Reading(expect=right, features=("area", "age")))
    np.testing.assert_array_equal(Component.of([source]).golden().features, numbers)
    left_out = write(tmp_path, images=IMAGES, scores=scores)
    with pytest.raises(ModelError, match=r"expected features of shape \(N, 2\).*Received: none"):
        read(tmp_path / "model.keras", reading=Reading(expect=left_out, features=("area", "age")))


def test_among_merged_models_each_has_its_own_truth(tmp_path: Path, model: Path, tile_source: ModelSource) -> None:
    scores = truth(model)
    source = read(model, reading=Reading(expect=write(tmp_path, images=IMAGES, **scores)))
    component = Component.of([source, tile_source])
    manifest = describe(component, "part", 1)
    assert (manifest.golden, [one.golden for one in manifest.sources]) == (
        "own reading",
        ["author's scores", "own reading"],
    )
    golden = component.golden()
    np.testing.assert_array_equal(golden.scores["bad"], scores["score/bad"])
    expected = tile_source.scores(golden.pictures)["defect"]
    np.testing.assert_allclose(golden.scores["defect"], expected)
