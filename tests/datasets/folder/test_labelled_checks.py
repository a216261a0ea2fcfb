"""Rows that contradict others, each check by itself."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.datasets.folder.labelled_checks import (
    Checked,
    contradictions,
    in_two_tables,
    keys,
    of_other_channels,
    rank,
    seen_again,
)
from aoi_modules.datasets.folder.labelled_rows import Row
from aoi_modules.datasets.folder.layouts import PARTS
from aoi_modules.datasets.picture_files import COLOUR, GRAY, PictureFile


def entry(
    name: str,
    *,
    content: str = "",
    label: str = "good",
    part: str | None = None,
    group: str | None = None,
    gray: bool = False,
) -> Checked:
    """A row, and a picture file whose content is its name unless said otherwise."""
    row = Row(name, Path(name), label, f"parts.csv, {name}", part, group)
    return row, PictureFile(content or name, GRAY if gray else COLOUR)


def test_the_fewer_kind_of_channels_is_bad_and_colour_wins_a_tie() -> None:
    assert list(of_other_channels([entry("a"), entry("b"), entry("c", gray=True)])) == ["c"]
    bad = of_other_channels([entry("a"), entry("b", gray=True)])
    assert bad["b"].why == "expected colour, as 1 of 2 pictures are. Received: gray"
    assert of_other_channels([entry("a", gray=True)]) == {}


def test_one_picture_under_two_labels_makes_all_its_rows_bad() -> None:
    rows = [entry("a", content="x"), entry("b", content="x", label="scratch"), entry("c", content="x"), entry("d")]
    bad = contradictions(rows)
    assert set(bad) == {"a", "b", "c"}
    assert bad["a"].why == "the same picture as b, which is labelled scratch"


def test_the_same_picture_twice_with_one_label_is_fine() -> None:
    assert contradictions([entry("a", content="x"), entry("b", content="x")]) == {}


def test_a_picture_in_two_tables_stays_in_the_later_one() -> None:
    rows = [entry("a", content="x", part="train"), entry("b", content="x", part="test"), entry("c", part="train")]
    found = seen_again(rows)
    assert set(found) == {"a"}
    assert found["a"].why == "the picture of b, which is in test, not train"
    assert in_two_tables(rows) == {}


def test_a_group_in_two_tables_is_bad_in_the_earlier_one() -> None:
    rows = [entry("a", part="validation", group="lot 7"), entry("b", part="test", group="lot 7")]
    assert in_two_tables(rows)["a"].why == "the group lot 7 of b, which is in test, not validation"


@given(st.lists(st.tuples(st.sampled_from("xyz"), st.sampled_from(PARTS)), max_size=12))
def test_what_is_left_is_in_one_table_only(drawn: list[tuple[str, str]]) -> None:
    rows = [entry(str(place), content=content, part=part) for place, (content, part) in enumerate(drawn)]
    bad = seen_again(rows)
    kept = {(file.sha256, row.part) for row, file in rows if row.name not in bad}
    assert len(kept) == len({content for content, _ in kept}) == len({content for content, _ in drawn})


def test_rows_without_a_table_are_never_in_two() -> None:
    rows = [entry("a", content="x", group="lot"), entry("b", content="x", group="lot")]
    assert (in_two_tables(rows), seen_again(rows)) == ({}, {})


def test_what_rows_share_and_how_tables_are_ordered() -> None:
    assert keys(*entry("a", content="x")) == ["x"]
    assert keys(*entry("a", content="x", group="lot 7")) == ["x", "group lot 7"]
    assert [rank(entry("a", part=part)[0]) for part in PARTS] == [0, 1, 2]
    assert rank(entry("a")[0]) == 0
