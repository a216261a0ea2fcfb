"""The report of a qualification says who, when, what, and what it does not promise."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aoi_modules.errors import DataError
from aoi_modules.judging.inspection import ModelVersion
from aoi_modules.results.quality.agreement import ShownPart, bound_of_no_misses, study
from aoi_modules.results.station.qualifying import HeldLimits, Qualification, QualifiedPart
from aoi_modules.results.station.report import figures, page, write_report
from aoi_modules.verdict import Verdict

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
RIGHT = {False: Verdict.PASS, True: Verdict.FAIL}


def qualification(*wrong: str, number: int = 20) -> Qualification:
    """Of `number` good and as many defective parts, shown 5 times; those that are named got REVIEW once."""
    names = {f"good/{at}.png": False for at in range(number)} | {f"defect/<{at}>.png": True for at in range(number)}
    calls = {
        name: (*[RIGHT[defective]] * 4, Verdict.REVIEW if name in wrong else RIGHT[defective])
        for name, defective in names.items()
    }
    shown = [ShownPart(part=name, defective=names[name], calls={"station": made}) for name, made in calls.items()]
    return Qualification(
        component="tile",
        station="line 3",
        begun=START,
        ended=START + timedelta(minutes=2),
        who="Ada",
        gateway="http://10.0.0.7:8080",
        model=ModelVersion(name="tile", version=4),
        limits=(
            HeldLimits(head="defect", threshold=0.5, review_band=(0.4, 0.5), limits_from="station", limits_number=17),
            HeldLimits(head="surface", threshold=None, review_band=None, limits_from=None, limits_number=None),
        ),
        golden="ab" * 32,
        folder="golden/tile",
        study=study(shown),
        bound=bound_of_no_misses(number),
        parts=tuple(
            QualifiedPart(
                part=name,
                defective=names[name],
                sha256="cd" * 32,
                verdicts=made,
                lowest={"defect": 0.11},
                highest={"defect": 0.12},
                inspections=("0" * 32,) * 5,
            )
            for name, made in calls.items()
        ),
    )


def test_a_report_says_all_that_an_auditor_asks() -> None:
    text = page(qualification())
    for said in (
        "tile at line 3", "2026-03-02 06:00:00 to 06:02:00 UTC", "Ada", "http://10.0.0.7:8080", "tile, version 4",
        "ab" * 32, "20 good and 20 defective parts", "station, number 17", "0.4 to 0.5", "judges nothing",
        "Each of 40 golden parts got its truth in each of 5 trials", "misses at most 13.9 % of such defects",
        "defect 0.1100 to 0.1200", "PASS 5", "has to be qualified anew",
    ):  # fmt: skip
        assert said in text, said


def test_parts_that_did_not_get_their_truth_are_named_and_no_name_is_markup() -> None:
    text = page(qualification("defect/<3>.png"))
    assert "1 of 40 golden parts did not get their truth in each of 5 trials:\ndefect/&lt;3&gt;.png." in text
    assert '<tr class="wrong"><td class="text">defect/&lt;3&gt;.png' in text
    assert "REVIEW 1, FAIL 4" in text
    assert "<3>" not in text


def test_figures_have_intervals() -> None:
    told = {one.name: (one.value, one.interval) for one in figures(qualification("good/0.png"))}
    assert told["Agreement with the reference"] == ("39 of 40, 97.5 %", "86.8 % to 99.9 %")
    assert told["Misses"] == ("0 of 100, 0.0 %", "0.0 % to 16.8 %")
    assert told["Kappa with the reference"][0] == "0.990"


def test_the_page_loads_nothing() -> None:
    text = page(qualification())
    assert not [word for word in ("<script", "src=", "<link", "url(", "@import") if word in text]


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="cannot be written"):
        write_report(qualification(), tmp_path / "file" / "report.html")
    write_report(qualification(), tmp_path / "report.html")
    assert (tmp_path / "report.html").read_text().startswith("<!doctype html>")
