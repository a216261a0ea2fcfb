"""The report says each rule, its figure and what follows, in lines and on a page that loads nothing."""

import re
from pathlib import Path

import msgspec
import pytest

from aoi_modules.errors import PromotionError
from aoi_modules.promotion.findings import Finding, Outcome
from aoi_modules.promotion.report import Promotion, in_words, page, write_page
from tests.results.records import START

FINDINGS = (
    Finding(rule="origin", state="passed", figure="none of 12 units", bound="none", why="dealt by a key"),
    Finding(rule="escape", state="failed", figure="worse by +6% to +9%", bound="at most 5%", why="of <30> parts"),
    Finding(rule="drift", state="unknown", figure="unknown", bound="at most 3", why="nobody knows"),
)


def promotion(outcome: Outcome = "refuse") -> Promotion:
    return Promotion(
        component="tile",
        model="tiles",
        label="canary",
        incumbent=3,
        candidate=4,
        outcome=outcome,
        findings=FINDINGS,
        not_asked=("parity",),
        notes=("7 judged parts were left out",),
        time=START,
        who="Ada",
        gate="gate.yaml",
    )


def test_lines_say_each_rule_and_what_follows() -> None:
    assert in_words(promotion()).splitlines() == [
        "tile: tiles 3 is in service, tiles 4 is the candidate for canary",
        "passed   origin  none of 12 units; wanted: none",
        "                 dealt by a key",
        "FAILED   escape  worse by +6% to +9%; wanted: at most 5%",
        "                 of <30> parts",
        "unknown  drift   unknown; wanted: at most 3",
        "                 nobody knows",
        "not asked by gate.yaml: parity",
        "7 judged parts were left out",
        "so: tiles 4 is refused: the label canary stays where it is",
    ]


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("promote", "tiles 4 passed every rule: the label canary may move to it"),
        ("not enough evidence", "the label canary stays where it is until what is unknown is known"),
        ("limits not confirmed", "first make or confirm the limits of tiles 4; then the label canary may move to it"),
    ],
)
def test_what_follows_is_a_sentence(outcome: Outcome, words: str) -> None:
    assert promotion(outcome).follows == words


def test_the_page_has_all_of_it_and_loads_nothing() -> None:
    text = page(promotion())
    for said in (
        "none of 12 units",
        "worse by +6% to +9%",
        "Of &lt;30&gt; parts",
        "7 judged parts were left out",
        "which does not ask: parity",
        "1 passed, 1 failed, 1 unknown",
        "2026-03-01 06:00:00 UTC, Ada",
    ):
        assert said in text
    assert not re.search(r"https?://|<script|url\(|src=|href=", text)
    assert "however often one looks" in page(msgspec.structs.replace(promotion(), label="stable"))


def test_the_page_is_named_by_its_hash(tmp_path: Path) -> None:
    named = write_page(promotion(), tmp_path / "gate.html")
    assert re.fullmatch(r"gate\.html, sha256 [0-9a-f]{12}", named)
    assert write_page(promotion("promote"), tmp_path / "gate.html") != named
    assert (tmp_path / "gate.html").read_text() == page(promotion("promote"))


def test_a_page_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(PromotionError, match="cannot be written"):
        write_page(promotion(), tmp_path / "taken" / "gate.html")
