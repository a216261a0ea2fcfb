"""Lesson 9a: right answers pass, typical mistakes get the hint that fits them."""

import hashlib
import itertools
import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aoi_modules.errors import RpcError
from tests.course.exercises.answers import gets_a_sentence, gets_hint, passes, weird

PLAN = """components:
  tile: {model: tile, upstream: "127.0.0.1:8500"}
  board: {model: pcb, upstream: "127.0.0.1:8500"}
  shirt: {model: fashion, upstream: "127.0.0.1:8500"}
products:
  motor:
    close_after_seconds: 30
    positions:
      front: {component: tile}
      back: {component: tile}
      board: {component: board}
      label: {component: shirt, required: false}
"""


def number(unit: str) -> float:
    return int.from_bytes(hashlib.sha256(unit.encode()).digest()[:6]) / 2**48


def chosen(unit: str, share: float) -> bool:
    return number(unit) < share


def ask_any(servers: Sequence[Callable[[bytes], Any]], picture: bytes) -> Any:
    *others, last = servers
    for server in others:
        try:
            return server(picture)
        except RpcError as error:
            if error.code != "UNAVAILABLE":
                raise
    return last(picture)


@pytest.mark.parametrize(("check_id", "answer"), [("9a.1", PLAN), ("9a.2", chosen), ("9a.3", ask_any)])
def test_a_right_answer_passes(check_id: str, answer: object) -> None:
    passes(check_id, answer)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("motor", "pump", "expected motor"),
        ("back: {component: tile}", "", "no position back"),
        ("board: {component: board}\n      label", "board: {component: tile}\n      label", "expected board"),
        (", required: false", "", "would go to an operator"),
        ("back: {component: tile}", "back: {component: tile, required: false}", "would pass"),
        ("front: {component: tile}", "front: {component: tile}\n      top: {component: tile}", "positions top"),
        ("close_after_seconds: 30", "", "which one is the last"),
        ("close_after_seconds: 30", "close_after_seconds: 3", "found 3, expected 30"),
        ("component: shirt", "component: label", "no component 'label' is routed"),
    ],
)
def test_a_wrong_plan_gets_its_hint(old: str, new: str, words: str) -> None:
    gets_hint("9a.1", PLAN.replace(old, new), words)


COUNTER = itertools.count()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (None, "no answer yet"),
        (lambda unit, share: random.random() < share, "only the unit's name may count"),
        (lambda unit, share: next(COUNTER) % 7 == 0, "only the unit's name may count"),
        (lambda unit, share: hash(unit) % 1000 < 1000 * share, "another number in every process"),
        (lambda unit, share: number(unit) < share / 2, "with the share 30% it chose"),
        (lambda unit, share: number(f"{unit}{share}") < share, "a greater share keeps"),
        (lambda unit, share: 0.02 <= number(unit) < share, "the share 1 all of them"),
        (lambda unit: True, "raised TypeError"),
    ],
)
def test_a_wrong_choice_gets_its_hint(answer: object, words: str) -> None:
    gets_hint("9a.2", answer, words)


def first_only(servers: Sequence[Callable[[bytes], Any]], picture: bytes) -> Any:
    return servers[0](picture)


def whatever_happens(servers: Sequence[Callable[[bytes], Any]], picture: bytes) -> Any:
    for server in servers:
        try:
            return server(picture)
        except RpcError:
            pass
    return None


def everybody(servers: Sequence[Callable[[bytes], Any]], picture: bytes) -> Any:
    found = []
    for server in servers:
        try:
            found.append(server(picture))
        except RpcError as error:
            if error.code != "UNAVAILABLE" or server is servers[-1]:
                raise
    return found[0]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (..., "no answer yet"),
        (first_only, "the first server is away: found the error UNAVAILABLE, expected the scores of the second server"),
        (whatever_happens, "no picture: found the scores of the second server, expected the error INVALID_ARGUMENT"),
        (everybody, "asked [1, 1] times, expected [1, 0]"),
        (lambda servers, picture: servers[7](picture), "raised IndexError"),
        (lambda servers, picture: 0.5, "expected what the server returned"),
    ],
)
def test_a_wrong_way_to_ask_gets_its_hint(answer: object, words: str) -> None:
    gets_hint("9a.3", answer, words)


@given(st.sampled_from(["9a.1", "9a.2", "9a.3"]), weird())
@settings(deadline=None)
def test_a_weird_answer_gets_a_sentence(check_id: str, answer: object) -> None:
    gets_a_sentence(check_id, answer)
