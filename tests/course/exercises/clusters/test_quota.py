"""What fits, what refuses, and how much is left for each: right figures pass, each mistake has its hint."""

from random import Random

import pytest
import yaml

from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.clusters.quota import NAMES, QuotaTask, amount, check_quota

ROOM = QuotaTask(
    hard={"requests.cpu": 1003, "requests.memory": 1000, "limits.memory": 2000},
    each={"requests.cpu": 200, "requests.memory": 300, "limits.memory": 600},
    wanted=7,
)


def test_the_figures_of_a_room() -> None:
    assert (ROOM.fits, ROOM.tight, ROOM.most) == (3, "requests.memory", 142)
    assert ROOM.resources() == {"requests": {"cpu": "200m", "memory": "300Mi"}, "limits": {"memory": "600Mi"}}
    quota = yaml.safe_load(ROOM.quota("here"))
    assert quota["metadata"]["namespace"] == "here"
    assert quota["spec"]["hard"] == {name: amount(name, value) for name, value in ROOM.hard.items()}


@pytest.mark.parametrize("seed", range(60))
def test_one_amount_refuses_in_every_room(seed: int) -> None:
    room = QuotaTask.of(Random(seed))
    counts = sorted(room.hard[name] // room.each[name] for name in NAMES)
    assert 2 <= counts[0] < counts[1]
    assert room.wanted > room.fits
    assert 0 < room.most < room.each[room.tight]
    assert check_quota(room, room.fits, room.tight, room.most) is room


def test_each_amount_is_the_tight_one_for_somebody() -> None:
    assert {QuotaTask.of(Random(seed)).tight for seed in range(60)} == set(NAMES)


@pytest.mark.parametrize(
    ("fits", "tight", "most", "words"),
    [
        (5, "requests.memory", 142, "roomiest"),
        (4, "requests.memory", 142, "one more than fits"),
        (7, "requests.memory", 142, "how many are wanted"),
        (2, "requests.memory", 142, "smallest whole number"),
        (3, "memory", 142, "expected one of"),
        (3, "requests.cpu", 142, "has room for 5 pods"),
        (3, "requests.memory", 333, "fits 3 times"),
        (3, "requests.memory", 143, "round down"),
        (3, "requests.memory", 300, "asks for now"),
        (3, "requests.memory", 20, "in Mi"),
        (3, "requests.memory", None, "most: found None"),
    ],
)
def test_a_mistake_gets_its_hint(fits: object, tight: object, most: object, words: str) -> None:
    with pytest.raises(Hint) as hint:
        check_quota(ROOM, fits, tight, most)
    assert words in str(hint.value)


def test_another_thing_in_place_of_the_room_is_refused() -> None:
    with pytest.raises(Hint, match="leave it as it is"):
        check_quota({}, 1, 1, 1)
