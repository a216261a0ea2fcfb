"""What a person may say, and which of several judgements is in force."""

from datetime import timedelta
from typing import Literal

import msgspec
import pytest

from aoi_modules.errors import BadParameter
from aoi_modules.results.record import new_id
from aoi_modules.results.review.judgement import Judgement, Opinion, check_who, in_force
from tests.results.records import START


def said(number: int, verdict: Literal["good", "defect"] | None = "good", undoes: str | None = None) -> Judgement:
    moment = START + timedelta(seconds=number)
    return Judgement(
        id=new_id(moment), inspection="a" * 32, time=moment, who="Ada", verdict=verdict, shown="a" * 32, undoes=undoes
    )


def test_the_last_one_that_nobody_took_back_is_in_force() -> None:
    first, second = said(1), said(2, "defect")
    undone = said(3, None, second.id)
    assert in_force([]) is None
    assert in_force([first, second]) == second
    assert in_force([first, second, undone]) == first
    assert in_force([first, second, undone, said(4, None, first.id)]) is None


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"verdict": "defect"}, "defect: expected its name"),
        ({"verdict": "good", "defect": "crack"}, "defect: expected its name"),
        ({"verdict": "fine"}, "Invalid enum value"),
        ({"verdict": "good", "note": "a\x00"}, "note: expected up to 2000 printable"),
        ({"verdict": "good", "note": "a" * 2001}, "note: expected up to 2000"),
        ({"verdict": "defect", "defect": "a" * 201}, "defect: expected up to 200"),
        ({"verdict": "good", "disposition": "lost"}, "Invalid enum value"),
        ({"verdict": "good", "colour": "red"}, "unknown field"),
    ],
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, str], words: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=words):
        msgspec.convert(wrong, Opinion)


def test_a_note_may_have_lines() -> None:
    assert msgspec.convert({"verdict": "good", "note": "dust,\nno crack"}, Opinion).note == "dust,\nno crack"


@pytest.mark.parametrize("name", ["", "  ", "A\n", "x" * 201, "A\x00"])
def test_a_person_has_a_name(name: str) -> None:
    with pytest.raises(BadParameter, match="who: expected the name of a person"):
        check_who(name)
    assert check_who(" Ada ") == "Ada"
