from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aoi_modules.errors import AoiError, ModelError
from aoi_modules.export.heads import Wish
from aoi_modules.export.model_sources import ModelSource, read
from aoi_modules.export.readers.keras_network import network_of
from aoi_modules.export.reading import Reading
from aoi_modules.modelstore import training_report
from aoi_modules.modelstore.golden import drawn_pictures
from aoi_modules.modelstore.learnt_units import LearntUnits
from aoi_modules.modelstore.manifest import DataOrigin, Head, PictureInput
from aoi_modules.modelstore.reference import Reference
from aoi_modules.modelstore.version_dir import file_sha256
from aoi_modules.pictures.quality import Quality
from aoi_modules.tf import keras
from tests.export.networks import DEFECT, network, priced
from tests.serving.engines.encoded import encode

UNITS = LearntUnits.of("line", learnt=["a" * 16], held_out=["b" * 16])
REFERENCE = Reference.of([Quality(0.4, 20.0), Quality(0.6, 22.0)])


def test_a_model_without_report_gets_a_head_by_its_output(model_file: Path) -> None:
    source = read(model_file)
    assert source.heads[0].name == "defect"
    assert source.heads[0].kind == "defect"
    assert source.picture == PictureInput(height=24, width=32, channels=3)
    assert (source.data, source.profile, source.pictures) == (None, None, ())


def test_a_described_head_wins(model_file: Path) -> None:
    assert read(model_file, [Wish(threshold=0.4)]).heads == (DEFECT,)
    renamed = read(model_file, [Wish(head="scratch", labels=("clean", "scratched"))]).heads[0]
    assert (renamed.name, renamed.labels) == ("scratch", ("clean", "scratched"))


def test_several_outputs_become_heads_of_their_names(tmp_path: Path) -> None:
    network({"open": 1, "kind": 3}).save(tmp_path / "model.keras")
    both = read(tmp_path / "model.keras", [Wish(output="open", threshold=0.2)])
    assert [(head.name, head.kind, head.threshold) for head in both.heads] == [
        ("open", "defect", 0.2),
        ("kind", "class", None),
    ]
    one = read(tmp_path / "model.keras", [Wish(head="lead", output="open")])
    assert [head.name for head in one.heads] == ["lead"]
    assert list(one.network.outputs) == ["lead"]


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (Wish(head="lead"), r"has the outputs open, kind\. Received: lead"),
        (Wish(threshold=0.1), "has the outputs open, kind"),
        (Wish(head="a b", output="open"), "expected letters"),
        (Wish(output="kind", kind="defect"), "a defect head has one unit"),
    ],
)
def test_a_wish_that_cannot_be_had_is_explained(tmp_path: Path, wish: Wish, words: str) -> None:
    network({"open": 1, "kind": 3}).save(tmp_path / "model.keras")
    with pytest.raises(AoiError, match=words):
        read(tmp_path / "model.keras", [wish])


def test_a_wish_goes_over_the_report_and_keeps_the_rest(trained: Path) -> None:
    assert read(trained).heads[0].threshold == 0.25
    source = read(trained, [Wish(threshold=0.6)])
    assert (source.heads[0].threshold, source.heads[0].labels) == (0.6, ("fine", "broken"))
    assert source.data is not None
    assert len(source.pictures) == 1


def test_a_report_of_another_model_is_refused(trained: Path) -> None:
    network({"defect": 1}, seed=8).save(trained)
    with pytest.raises(ModelError, match="describes another model"):
        read(trained)
    described = read(trained, [Wish(head="defect")])
    assert (described.data, described.heads[0].labels) == (None, ("good", "defect"))


def test_what_the_training_pictures_were_like_comes_with_the_report_alone(trained: Path) -> None:
    assert read(trained).reference == REFERENCE
    assert read(trained.rename(trained.with_name("foreign.keras"))).reference == REFERENCE
    assert read(trained.with_name("foreign.keras")).units == UNITS
    (trained.parent / "report.json").unlink()
    alone = read(trained.with_name("foreign.keras"))
    assert (alone.reference, alone.units) == (None, None)


@pytest.fixture
def trained(tmp_path: Path) -> Path:
    """A model with a report beside it."""
    network({"defect": 1}).save(tmp_path / "model.keras")
    size = PictureInput(height=24, width=32, channels=3)
    (tmp_path / "sample.png").write_bytes(drawn_pictures(size, 1)[0])
    head = Head(name="defect", kind="defect", labels=("fine", "broken"), threshold=0.25)
    training_report.write(
        training_report.TrainingReport(
            recipe="tile",
            profile="ci",
            seed=0,
            heads=(head,),
            picture=size,
            data=DataOrigin(name="tiles", sha256="0", stand_in=True),
            backbone="none",
            weights="random",
            metrics={},
            notes=(),
            samples=(training_report.Sample(file="sample.png", label="fine"),),
            seconds=1,
            model_sha256=file_sha256(tmp_path / "model.keras"),
            tools={},
            reference=REFERENCE,
            units=UNITS,
        ),
        tmp_path,
    )
    return tmp_path / "model.keras"


def test_a_model_with_features_needs_its_report(tmp_path: Path) -> None:
    priced().save(tmp_path / "model.keras")
    with pytest.raises(ModelError, match=r"takes 2 features beside a picture.*no report"):
        read(tmp_path / "model.keras")
    named = read(tmp_path / "model.keras", [Wish(kind="value")], Reading(features=("area", "age")))
    assert named.features == ("area", "age")


def test_inputs_of_numbers_name_the_features_unless_the_caller_does(tmp_path: Path) -> None:
    image, numbers = keras.Input((24, 32, 3), name="image"), [keras.Input((1,), name=name) for name in ("b", "a")]
    pooled = keras.layers.GlobalAveragePooling2D()(image)
    score = keras.layers.Dense(1)(keras.layers.Concatenate()([pooled, *numbers]))
    keras.Model([image, *numbers], score).save(tmp_path / "model.keras")
    assert read(tmp_path / "model.keras").features == ("b", "a")
    named = Reading(features=("weight", "height"))
    assert read(tmp_path / "model.keras", reading=named).features == named.features
    with pytest.raises(ModelError, match=r"takes 2 numbers beside a picture\. Received 1 names: weight"):
        read(tmp_path / "model.keras", reading=Reading(features=("weight",)))


def test_gray_models_take_colour_pictures_and_the_reverse() -> None:
    pixels = np.random.default_rng(2).integers(0, 256, (30, 30, 3), np.uint8)
    gray = ModelSource(network_of(network({"defect": 1}, channels=1)), (DEFECT,))
    picture = Image.fromarray(pixels)
    as_pillow = encode(picture.convert("L"))
    assert np.array_equal(gray.scores([encode(picture)])["defect"], gray.scores([as_pillow])["defect"])
    colour = ModelSource(network_of(network({"defect": 1})), (DEFECT,))
    assert colour.scores([as_pillow])["defect"].shape == (1, 1)
