"""`aoi mistakes`, as a user calls it."""

from pathlib import Path

import msgspec
import pytest

from aoi_modules.modelstore import training_report
from aoi_modules.modelstore.training_report import ClassResult, Mistake
from aoi_modules.verdict import Verdict
from tests import in_process
from tests.modelstore.test_training_report import REPORT

ESCAPED = Mistake(
    picture="划痕/0001.png", head="kind", kind="escaped", truth="划痕", answer="ok", score=0.0125, verdict=Verdict.PASS
)
OVERKILL = [
    Mistake(
        picture=f"ok/{row}.png", head="kind", kind="overkilled", truth="ok", answer="划痕", score=0.9,
        verdict=Verdict.FAIL,
    )
    for row in range(60)
]  # fmt: skip
FULL = msgspec.structs.replace(
    REPORT,
    mistakes=(ESCAPED, *OVERKILL),
    classes=(ClassResult(head="defect", name="划痕", pictures=8, right=6, good=False, passed=1),),
    counts={"划痕": {"train": 24, "validation": 9, "test": 8}},
)


@pytest.fixture
def training(tmp_path: Path) -> str:
    training_report.write(FULL, tmp_path)
    return str(tmp_path)


def test_the_wrong_pictures_come_first_then_the_classes_then_the_notes(training: str) -> None:
    done = in_process.aoi("mistakes", training)
    assert done.returncode == 0, done.stderr
    lines = [line.strip() for line in done.stdout.splitlines()]
    assert lines[0].startswith("defect: defective parts that pass: 12.5% (1 of 8")
    assert lines[1] == "escaped: 1"
    places = [next(row for row, line in enumerate(lines) if words in line) for words in (
        "划痕/0001.png", "overkilled: 60", "and 10 more: --all lists them", "test pictures by class", "note: stand-in",
    )]  # fmt: skip
    assert places == sorted(places)
    row = next(line for line in lines if "75.0% (6 of 8" in line)
    assert all(words in row for words in ("划痕", "24", "9", "8", "12.5% (1 of 8", "escaped"))


def test_all_lists_every_picture(training: str) -> None:
    done = in_process.aoi("mistakes", training, "--all")
    assert all(one.picture in done.stdout for one in FULL.mistakes or ())
    assert "more:" not in done.stdout


def test_json_has_what_the_tables_have(training: str) -> None:
    found = msgspec.json.decode(in_process.aoi("mistakes", training, "--json").stdout)
    assert [one["picture"] for one in found["mistakes"]] == [one.picture for one in FULL.mistakes or ()]
    assert found["counts"] == FULL.counts
    assert found["classes"][0]["passed"] == 1


def test_a_model_that_was_never_wrong_says_so(tmp_path: Path) -> None:
    training_report.write(msgspec.structs.replace(REPORT, mistakes=()), tmp_path)
    assert in_process.aoi("mistakes", str(tmp_path)).stdout.startswith("no test picture was answered wrong")


def test_what_is_no_training_or_an_older_one_is_refused(tmp_path: Path) -> None:
    missing = in_process.aoi("mistakes", str(tmp_path))
    assert (missing.returncode, "aoi train writes one" in missing.stderr) == (1, True)
    training_report.write(REPORT, tmp_path)
    older = in_process.aoi("mistakes", str(tmp_path))
    assert (older.returncode, "an older release wrote it" in older.stderr) == (1, True)
