"""`gate.yaml`: what is left out is as it is built in, and a mistake is told by its line."""

from pathlib import Path

import pytest

from aoi_modules.errors import PromotionError
from aoi_modules.promotion.gate import Gate, HeldOut, Latency, Station, parse_gate, read_gate
from tests.documents import ROOT


def test_what_is_left_out_is_as_it_is_built_in() -> None:
    gate = parse_gate("held_out: {escape: 0.1}\nlatency: {ratio: 2}\nstation: {failures: 3}\n", "gate.yaml")
    assert gate.held_out == HeldOut(escape=0.1)
    assert gate.latency == Latency(ratio=2.0)
    assert gate.station == Station(failures=3)
    assert (gate.parity, gate.drift) == (Gate().parity, Gate().drift)


def test_the_gate_that_is_shipped_says_what_is_built_in() -> None:
    assert read_gate(ROOT / "examples" / "gate.yaml") == Gate()


def test_rules_that_are_not_asked_are_named() -> None:
    gate = parse_gate("parity: null\ndrift: null\nstation: {failures: null}\nsigned: true", "gate.yaml")
    assert gate.not_asked("canary") == ("parity", "drift")
    assert gate.not_asked("stable") == ("failures",)
    assert Gate().not_asked("canary") == ("signed",)
    assert Gate().not_asked("stable") == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("held_out:\n  escape: 1.5\n", "gate.yaml, line 2: held_out.escape: Expected `float` < 1.0"),
        ("latency: {ratio: 0}\n", "gate.yaml, line 1: latency.ratio: Expected `float` > 0"),
        ("held_out: {}\nlatencies: 1\n", "gate.yaml, line 1: gate: Object contains unknown field `latencies`"),
        ("station:\n  failures: -1", "gate.yaml, line 2: station.failures: Expected `int` >= 0"),
        ("held_out: null\n", "gate.yaml, line 1: held_out: Expected `object`, got `null`"),
        ("", "gate.yaml, line 1: gate: Expected `object`, got `null`"),
        ("drift: 1\ndrift: 2\n", "gate.yaml, line 2: 'drift' stands twice, first in line 1"),
    ],
)
def test_a_mistake_is_told_by_its_line(text: str, said: str) -> None:
    with pytest.raises(PromotionError) as refused:
        parse_gate(text, "gate.yaml")
    assert said in refused.value.message


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(PromotionError, match="cannot be read"):
        read_gate(tmp_path / "gate.yaml")
