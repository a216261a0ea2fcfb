"""report.json"""

import json
from pathlib import Path

import msgspec
import pytest

from aoi_modules.errors import ModelError
from aoi_modules.modelstore import training_report
from aoi_modules.modelstore.training_report import ClassResult, Sample, TrainingReport
from aoi_modules.verdict import Rate
from tests.training.small import DEFECT, ORIGIN, PICTURE

REPORT = TrainingReport(
    recipe="magnetic-tile",
    profile="ci",
    seed=0,
    heads=(DEFECT,),
    picture=PICTURE,
    data=ORIGIN,
    backbone="mobilenet-0.25",
    weights="random",
    metrics={"auroc": 0.5},
    notes=("stand-in data",),
    samples=(Sample(file="samples/00.png", label="good"),),
    seconds=1.5,
    model_sha256="0" * 64,
    tools={"keras": "3"},
)


def test_written_and_read_by_folder_and_by_file(tmp_path: Path) -> None:
    training_report.write(REPORT, tmp_path)
    assert training_report.read(tmp_path) == REPORT
    assert training_report.read(tmp_path / "report.json") == REPORT


def test_a_missing_report_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="aoi train"):
        training_report.read(tmp_path)


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"recipe": 3}', "\xff"])
def test_other_content_is_refused_by_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "report.json").write_text(text, encoding="latin-1")
    with pytest.raises(ModelError, match=r"report\.json: not a training report"):
        training_report.read(tmp_path)


def test_a_newer_release_may_say_more_in_the_same_format_only(tmp_path: Path) -> None:
    newer = json.loads(training_report.to_json(REPORT))
    for place in (newer, *newer["heads"], *newer["samples"], newer["data"]):
        place["glare"] = 1
    file = tmp_path / "report.json"
    file.write_text(json.dumps(newer))
    assert training_report.read(tmp_path) == REPORT
    file.write_text(json.dumps(newer | {"format": 2, "heads": 3}))
    with pytest.raises(ModelError, match=r"report\.json: expected format 1\. Received: format 2\n.*upgrade"):
        training_report.read(tmp_path)


def test_a_class_has_its_rates_with_intervals() -> None:
    crack = ClassResult(head="kind", name="crack", pictures=8, right=6, good=False, passed=1)
    assert crack.recall == Rate(6, 8)
    assert crack.wrong_verdicts == Rate(1, 8)
    assert crack.wrong_verdicts_in_words.endswith(" escaped")
    good = ClassResult(head="kind", name="ok", pictures=8, good=True, passed=6)
    assert (good.recall, good.wrong_verdicts) == (None, Rate(2, 8))
    assert good.wrong_verdicts_in_words.endswith(" overkill")
    told = ClassResult(head="side", name="left", pictures=8, right=8)
    assert (told.wrong_verdicts, told.wrong_verdicts_in_words) == (None, "")


def test_all_wrong_verdicts_of_a_head_are_one_line() -> None:
    results = (
        ClassResult(head="kind", name="ok", pictures=8, good=True, passed=6),
        ClassResult(head="kind", name="crack", pictures=8, good=False, passed=1),
        ClassResult(head="kind", name="void", pictures=12, good=False, passed=0),
        ClassResult(head="side", name="left", pictures=8, right=8),
    )
    report = msgspec.structs.replace(REPORT, classes=results)
    said = training_report.verdicts_in_words(report, "kind")
    assert said.startswith("defective parts that pass: 5.0% (1 of 20; 95%:")
    assert "good parts that fail: 25.0% (2 of 8; 95%:" in said
    assert training_report.verdicts_in_words(report, "side") == ""


def test_a_report_of_an_older_release_knows_neither_mistakes_nor_what_its_pictures_were_like(tmp_path: Path) -> None:
    training_report.write(REPORT, tmp_path)
    file = tmp_path / training_report.FILE_NAME
    content = msgspec.json.decode(file.read_bytes())
    file.write_bytes(msgspec.json.encode({name: content[name] for name in content if name not in NEW}))
    read = training_report.read(tmp_path)
    assert (read.mistakes, read.reference) == (None, None)


NEW = ("mistakes", "classes", "counts", "reference")
