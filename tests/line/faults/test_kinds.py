import random

from aoi_modules.line.faults.kinds import Fault, by_chance


def test_each_fault_gets_its_share() -> None:
    chance = random.Random(1)
    drawn = [by_chance({Fault.DARK: 0.3, Fault.BROKEN: 0.1}, chance) for _ in range(2000)]
    assert 500 < drawn.count(Fault.DARK) < 700
    assert 140 < drawn.count(Fault.BROKEN) < 260
    assert Fault.BLURRED not in drawn
    assert {by_chance({}, chance) for _ in range(50)} == {None}
    assert {by_chance({Fault.DARK: 1.0}, chance) for _ in range(50)} == {Fault.DARK}
    assert {by_chance({Fault.SLOW: 1.0}, chance) for _ in range(50)} == {None}, "of the time, not of the pictures"
