"""Units that a model learnt from: packed and unpacked, joined, and read beside a table."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.errors import DataError
from aoi_modules.modelstore.learnt_units import ABOUT, HeldOut, LearntUnits, held_out_beside, held_out_hash, is_group

groups = st.frozensets(st.integers(0, 2**64 - 1).map("{:016x}".format))


@given(learnt=groups, held_out=groups)
def test_what_is_packed_comes_out_again(learnt: frozenset[str], held_out: frozenset[str]) -> None:
    units = LearntUnits.of("line", learnt=learnt, held_out=held_out)
    assert units.groups == learnt
    assert (units.held_out, units.held_out_units) == (held_out_hash(held_out), len(held_out))


def test_the_hash_of_held_out_units_knows_no_order() -> None:
    assert held_out_hash(["a", "b", "a"]) == held_out_hash(["b", "a"]) != held_out_hash(["a"])


@given(one=groups, other=groups, held_out=groups)
def test_models_together_learnt_from_all_that_one_of_them_did(
    one: frozenset[str], other: frozenset[str], held_out: frozenset[str]
) -> None:
    both = [LearntUnits.of("line", learnt=learnt, held_out=held_out) for learnt in (one, other)]
    joined = LearntUnits.joined(both)
    assert joined == LearntUnits.of("line", learnt=one | other, held_out=held_out)
    assert LearntUnits.joined(both[:1]) == both[0]


def test_what_one_of_them_does_not_know_is_not_known() -> None:
    known = LearntUnits.of("line", learnt=["a" * 16], held_out=["b" * 16])
    assert LearntUnits.joined([known, None]) is LearntUnits.joined([None]) is LearntUnits.joined([]) is None
    assert LearntUnits.joined([known, LearntUnits.of("another", learnt=[], held_out=[])]) is None
    joined = LearntUnits.joined([known, LearntUnits.of("line", learnt=[], held_out=["c" * 16])])
    assert joined is not None
    assert (joined.groups, joined.held_out, joined.held_out_units) == (known.groups, "", 0)


@pytest.mark.parametrize("text", [None, "", "SN4711", "A" * 16, "a" * 15, "a" * 17])
def test_a_serial_number_is_no_group(text: str | None) -> None:
    assert not is_group(text)
    assert is_group("0123456789abcdef")


def test_a_data_set_says_beside_its_table_what_is_held_out(tmp_path: Path) -> None:
    table = tmp_path / "parts.csv"
    assert held_out_beside(table) is None
    said = {"key": "k", "share": 0.2, "sha256": "0"}
    (tmp_path / ABOUT).write_text(json.dumps({"component": "tile", "held_out": said}))
    assert held_out_beside(table) == HeldOut(key="k", share=0.2, sha256="0")
    (tmp_path / ABOUT).write_text("a file of somebody else")
    assert held_out_beside(table) is None
    (tmp_path / ABOUT).unlink()
    (tmp_path / ABOUT).mkdir()
    with pytest.raises(DataError, match=ABOUT):
        held_out_beside(table)
