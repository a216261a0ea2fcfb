"""The wrong pictures that the page shows."""

import io
from dataclasses import replace

import msgspec
from PIL import Image

from aoi_modules.modelstore.training_report import Mistake, MistakeKind
from aoi_modules.training.reporting.wrong_pictures import SIDE, groups, shown, thumbnails
from aoi_modules.verdict import Verdict
from tests.training.reporting.test_page import REPORT
from tests.training.small import table


def mistake(number: int, truth: str = "crack", kind: MistakeKind = "escaped", head: str = "defect") -> Mistake:
    return Mistake(
        picture=f"0/{number}", head=head, kind=kind, truth=truth, answer="good", score=0.125, verdict=Verdict.PASS
    )


def test_every_class_is_shown_before_any_is_shown_twice() -> None:
    listed = [mistake(row) for row in range(9)] + [mistake(9, "void"), mistake(10, "dent"), mistake(11, "dent")]
    assert [one.picture for one in shown(listed, most=5)["escaped"]] == ["0/0", "0/9", "0/10", "0/1", "0/11"]


def test_each_kind_of_mistake_has_its_own_places() -> None:
    listed = [mistake(0), mistake(1), mistake(2, "good", "overkilled"), mistake(3, "good", "overkilled")]
    assert {kind: len(found) for kind, found in shown(listed, most=1).items()} == {"escaped": 1, "overkilled": 1}


def test_thumbnails_are_small_and_only_of_what_is_shown() -> None:
    rows = table(4, 0)
    large = replace(rows, pictures=rows.pictures.repeat(20, axis=2), ids=rows.ids)  # type: ignore[union-attr]
    found = thumbnails(large, [mistake(1), mistake(3, head="other")])
    assert set(found) == {"0/1", "0/3"}
    assert Image.open(io.BytesIO(found["0/1"])).size == (SIDE, SIDE // 20)


def test_groups_count_all_and_say_what_the_head_took_the_part_for() -> None:
    report = msgspec.structs.replace(REPORT, mistakes=tuple(mistake(row) for row in range(20)))
    (group,) = groups(report, {"0/0": b"png"})
    assert (group.title, group.total, len(group.shown)) == ("Escaped", 20, 12)
    assert (group.shown[0].picture, group.shown[0].truth, group.shown[0].answer) == ("0/0", "crack", "good")
    assert (group.shown[0].score, group.shown[0].png, group.shown[1].png) == ("0.125 PASS", "cG5n", "")


def test_of_several_heads_each_mistake_names_its_head() -> None:
    report = msgspec.structs.replace(REPORT, heads=(*REPORT.heads, *REPORT.heads), mistakes=(mistake(0),))
    assert groups(report, {})[0].shown[0].score == "0.125 PASS by defect"
