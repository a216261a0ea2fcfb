"""How long lessons take: scaled to a machine, taken over from runs, said in round words."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.course import durations, material, speed
from aoi_modules.course.durations import Durations
from aoi_modules.course.speed import Speed
from aoi_modules.training.profiles import PROFILES

FAST = Speed(machine="fast", multiply_adds=4.0, additions=4.0)
SLOW = Speed(machine="slow", multiply_adds=2.0, additions=2.0)
KNOWN = Durations(reference=FAST, seconds={"cpu": {"3": 50.0, "4": 10.0}, "ci": {"3": 5.0}})


def test_a_slower_machine_takes_longer() -> None:
    assert KNOWN.here("cpu", FAST) == pytest.approx({"3": 50.0, "4": 10.0})
    assert KNOWN.here("cpu", SLOW) == pytest.approx({"3": 100.0, "4": 20.0})
    assert KNOWN.here("gpu", SLOW) == {}


def test_measured_lessons_replace_older_ones_and_the_rest_is_scaled_to_the_new_machine() -> None:
    taken = KNOWN.with_measured("cpu", {"3": 70.04}, SLOW)
    assert taken == Durations(reference=SLOW, seconds={"cpu": {"3": 70.0, "4": 20.0}, "ci": {"3": 10.0}})


def test_durations_are_written_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "durations.json"
    durations.write(KNOWN, path)
    assert durations.read(path) == KNOWN


def test_the_packages_table_knows_lessons_and_profiles_that_there_are() -> None:
    known = durations.read()
    assert set(known.seconds) <= set(PROFILES)
    lessons = {plan.id for plan in material.curriculum().written()}
    for profile in known.seconds:
        assert set(known.seconds[profile]) == lessons, f"aoi course times --profile {profile} --measured"


def test_this_machine_is_measured_only_where_there_is_something_to_scale(tmp_path: Path) -> None:
    assert durations.expected("gpu", tmp_path) == {}
    assert not (tmp_path / speed.FILE_NAME).exists()
    assert all(seconds > 0 for seconds in durations.expected("cpu", tmp_path).values())


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (3, "less than half a minute"),
        (25, "about half a minute"),
        (50, "about a minute"),
        (89, "about a minute"),
        (130, "about 2 minutes"),
        (3600, "about 60 minutes"),
    ],
)
def test_words(seconds: float, words: str) -> None:
    assert durations.in_words(seconds) == words


@given(st.floats(0, 1e5))
def test_any_time_has_words(seconds: float) -> None:
    assert "minute" in durations.in_words(seconds)
