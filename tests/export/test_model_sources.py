from pathlib import Path

import pytest

from aoi_modules.errors import AoiError, ModelError
from aoi_modules.export.model_sources import Wish, default_head, read
from aoi_modules.modelstore import training_report
from aoi_modules.modelstore.golden import drawn_pictures
from aoi_modules.modelstore.manifest import DataOrigin, Head, PictureInput
from aoi_modules.modelstore.version_dir import file_sha256
from tests.export.networks import DEFECT, network


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
        ),
        tmp_path,
    )
    return tmp_path / "model.keras"


@pytest.mark.parametrize(
    ("units", "kind", "labels", "expected"),
    [
        (1, None, (), ("defect", ("good", "scratch"))),
        (3, None, (), ("class", ("0", "1", "2"))),
        (3, "class", ("a", "b", "c"), ("class", ("a", "b", "c"))),
        (1, "value", (), ("value", ())),
    ],
)
def test_heads_follow_from_units(
    units: int, kind: str | None, labels: tuple[str, ...], expected: tuple[str, tuple[str, ...]]
) -> None:
    head = default_head("scratch", units, kind=kind, labels=labels)  # type: ignore[arg-type]
    assert (head.kind, head.labels) == expected


def test_labels_that_do_not_fit_are_counted() -> None:
    with pytest.raises(ModelError, match=r"expected 3 labels for the class head kind\. Received: 2"):
        default_head("kind", 3, kind=None, labels=("a", "b"))
