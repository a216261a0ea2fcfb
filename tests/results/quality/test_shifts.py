"""Days and shifts by the clock of the plant."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.results.quality.shifts import Calendar

BERLIN = Calendar(time_zone="Europe/Berlin", shifts={"early": "06:00", "late": "14:00", "night": "22:00"})


@pytest.mark.parametrize(
    ("moment", "shift", "day"),
    [
        ("2026-03-02T05:00Z", "early", date(2026, 3, 2)),  # 6 o'clock in Berlin
        ("2026-03-02T04:59Z", "night", date(2026, 3, 1)),
        ("2026-03-02T12:59Z", "early", date(2026, 3, 2)),
        ("2026-03-02T13:00Z", "late", date(2026, 3, 2)),
        ("2026-03-02T21:00Z", "night", date(2026, 3, 2)),
        ("2026-03-02T23:30Z", "night", date(2026, 3, 2)),  # after midnight, and still of that night
        ("2026-07-02T04:00Z", "early", date(2026, 7, 2)),  # summer time
    ],
)
def test_a_moment_is_in_a_shift_and_on_its_day(moment: str, shift: str, day: date) -> None:
    at = datetime.fromisoformat(moment.replace("Z", "+00:00"))
    assert (BERLIN.shift_of(at), BERLIN.day_of(at)) == (shift, day)


@pytest.mark.parametrize("day", [date(2026, 3, 2), date(2026, 3, 29), date(2026, 10, 25)])
def test_a_day_begins_with_its_first_shift(day: date) -> None:
    begins = BERLIN.begin_of(day)
    assert (begins.hour, begins.minute, BERLIN.day_of(begins)) == (6, 0, day)
    assert BERLIN.day_of(begins - timedelta(minutes=15)) == day - timedelta(days=1)


def test_without_shifts_days_begin_at_midnight() -> None:
    calendar = Calendar()
    assert calendar.shift_of(datetime(2026, 3, 2, 5, tzinfo=UTC)) == ""
    assert calendar.day_of(datetime(2026, 3, 2, 0, tzinfo=UTC)) == date(2026, 3, 2)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"time_zone": "Berlin"}, "time_zone: expected a name such as Europe/Berlin"),
        ({"time_zone": "../etc/passwd"}, "time_zone: expected a name"),
        ({"shifts": {"early": "6:00"}}, "shifts: early: expected HH:MM on a quarter of an hour"),
        ({"shifts": {"early": "06:10"}}, "on a quarter of an hour"),
        ({"shifts": {"early": "06:00", "first": "06:00"}}, "two of them begin at the same time"),
    ],
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, object], words: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=words):
        msgspec.convert(wrong, Calendar)


@pytest.mark.parametrize(
    ("moment", "begins"),
    [
        ("2026-03-02T04:59Z", "2026-03-02T05:00Z"),
        ("2026-03-02T05:00Z", "2026-03-02T13:00Z"),
        ("2026-03-02T21:00Z", "2026-03-03T05:00Z"),
        ("2026-03-28T22:00Z", "2026-03-29T04:00Z"),  # the night in which clocks are put forward
    ],
)
def test_the_next_shift_begins_by_the_clock_of_the_plant(moment: str, begins: str) -> None:
    at, expected = (datetime.fromisoformat(text.replace("Z", "+00:00")) for text in (moment, begins))
    assert BERLIN.next_shift(at) == expected
    assert Calendar().next_shift(at).hour == 0


CLOCKS = (
    "UTC",
    "Europe/Berlin",
    "America/St_Johns",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",  # puts its clock forward by half an hour
    "Pacific/Apia",  # left out a whole day, the 30th of December 2011
)
TIMES = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))


@given(
    zone=st.sampled_from(CLOCKS),
    begins=st.lists(TIMES, unique=True, max_size=4),
    day=st.sampled_from(["2011-12-29", "2026-03-28", "2026-03-07", "2026-10-03", "2026-10-24", "2026-10-31"]),
    hours=st.integers(0, 23),
)
def test_between_two_turns_day_and_shift_stay(zone: str, begins: list[str], day: str, hours: int) -> None:
    calendar = Calendar(time_zone=zone, shifts={f"shift {time}": time for time in begins})
    first = datetime.fromisoformat(f"{day}T00:00+00:00") + timedelta(hours=hours)
    turns = [*calendar.turns(first, first + timedelta(days=2))]
    assert turns == sorted(set(turns))
    assert turns[0] <= first
    for number in range(2 * 96):
        moment = first + number * timedelta(minutes=15)
        turn = max(turn for turn in turns if turn <= moment)
        assert (calendar.day_of(turn), calendar.shift_of(turn)) == (calendar.day_of(moment), calendar.shift_of(moment))
