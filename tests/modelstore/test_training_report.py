"""report.json"""

from pathlib import Path

import pytest

from aoi_modules.errors import ModelError
from aoi_modules.modelstore import training_report
from aoi_modules.modelstore.training_report import Sample, TrainingReport
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
