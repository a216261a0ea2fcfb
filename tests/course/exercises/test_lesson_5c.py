"""Lesson 5c: right answers pass, typical mistakes get the hint that fits them, weird ones a sentence."""

import io
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from aoi_modules.datasets.houses.montage import ROOMS, montage
from aoi_modules.datasets.houses.stand_in import draw
from aoi_modules.datasets.table import Pixels, encode_png
from tests.course.exercises.answers import gets_a_sentence, gets_hint, passes, weird

RANDOM = np.random.default_rng(0)
PRICES = RANDOM.lognormal(13, 0.6, 41)
ANSWERS = PRICES * RANDOM.lognormal(0.1, 0.4, 41)
WRONG = np.abs(ANSWERS - PRICES)
NUMBERS = np.array([0.20, 0.24, 0.19, 0.23, 0.21])
BOTH = np.array([0.19, 0.22, 0.20, 0.20, 0.20])
PAIRS = BOTH - NUMBERS
ERROR = PAIRS.std(ddof=1) / np.sqrt(5)
ROOM = dict(zip(ROOMS, draw(1)[0].rooms, strict=True))
HOUSE = {"area": 2100.0, "bedrooms": 3.0, "zipcode": 99902.0, "bathrooms": 2.5}
ROW = [3.0, 2.5, 2100.0, 99902.0]
SENT: dict[str, Any] = {"image": [encode_png(montage(ROOM))], "features": [ROW]}


def jpeg(picture: Pixels) -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=95)
    return file.getvalue()


def percent(error: Any) -> dict[str, Any]:
    return {"answers": ANSWERS, "prices": PRICES, "error": error}


def pairs(difference: Any, noise: Any) -> dict[str, Any]:
    return {"numbers": NUMBERS, "both": BOTH, "difference": difference, "noise": noise}


def sent(**changes: Any) -> dict[str, Any]:
    return {"rooms": ROOM, "house": HOUSE, "request": {**SENT, **changes}}


@pytest.mark.parametrize(
    ("check_id", "answer"),
    [
        ("5c.1", percent(np.median(WRONG / PRICES))),
        ("5c.1", percent(round(100 * np.median(WRONG / PRICES), 1))),
        ("5c.2", pairs(PAIRS.mean(), ERROR)),
        ("5c.2", pairs([PAIRS.mean()], float(f"{ERROR:.3g}"))),
        ("5c.3", sent()),
        ("5c.3", sent(features=np.array([ROW], np.float32))),
        ("5c.3", sent(image=(encode_png(montage(ROOM)),))),
    ],
)
def test_a_right_answer_passes(check_id: str, answer: object) -> None:
    passes(check_id, answer)


@pytest.mark.parametrize(
    ("check_id", "answer", "words"),
    [
        ("5c.1", percent(None), "no answer yet"),
        ("5c.1", percent(np.mean(WRONG / PRICES)), "the mean"),
        ("5c.1", percent(np.median(WRONG / ANSWERS)), "divide by the prices"),
        ("5c.1", percent(np.median(WRONG)), "dollars"),
        ("5c.1", percent(np.mean(WRONG)), "expensive houses"),
        ("5c.1", percent(np.median(WRONG) / np.median(PRICES)), "house by house"),
        ("5c.1", percent(np.median((ANSWERS - PRICES) / PRICES)), "cancel out"),
        ("5c.1", percent(0.5), "the median of these"),
        ("5c.1", percent("0.3"), "without quotes"),
        ("5c.2", pairs(None, None), "no answer yet"),
        ("5c.2", pairs(-PAIRS.mean(), ERROR), "wrong way round"),
        ("5c.2", pairs(0.5, ERROR), "both - numbers"),
        ("5c.2", pairs(PAIRS.mean(), PAIRS.std(ddof=1)), "single folds"),
        ("5c.2", pairs(PAIRS.mean(), PAIRS.std()), "single folds"),
        ("5c.2", pairs(PAIRS.mean(), PAIRS.std() / np.sqrt(5)), "ddof=1"),
        ("5c.2", pairs(PAIRS.mean(), np.sqrt((NUMBERS.var(ddof=1) + BOTH.var(ddof=1)) / 5)), "differences first"),
        ("5c.2", pairs(PAIRS.mean(), 1.0), "by the root of 5"),
        ("5c.3", sent(image=[...]), "no answer yet"),
        ("5c.3", sent(image=encode_png(montage(ROOM))), "a list of one"),
        ("5c.3", sent(image=[montage(ROOM)]), "encode_png"),
        ("5c.3", sent(image=[b"no picture"]), "image"),
        ("5c.3", sent(image=[jpeg(montage(ROOM))]), "another format than PNG"),
        ("5c.3", sent(image=[encode_png(ROOM["kitchen"])]), "shape (64, 64, 3)"),
        ("5c.3", sent(image=[encode_png(montage([ROOM[room] for room in ROOMS[::-1]]))]), "rooms stand as kitchen"),
        ("5c.3", sent(image=[encode_png(np.zeros((128, 128, 3), np.uint8))]), "another picture"),
        ("5c.3", sent(features=None), "no answer yet"),
        ("5c.3", sent(features=ROW), "(1, 4)"),
        ("5c.3", sent(features=[[*ROW, 500000.0]]), "the price"),
        ("5c.3", sent(features=[[1.0]]), "shape (1, 1)"),
        ("5c.3", sent(features=[list(HOUSE.values())]), "another order"),
        ("5c.3", sent(features=[np.log1p(ROW)]), "scaling is a layer"),
        ("5c.3", {**sent(), "request": None}, "no answer yet"),
    ],
)
def test_a_wrong_answer_gets_its_hint(check_id: str, answer: object, words: str) -> None:
    gets_hint(check_id, answer, words)


KEYS = [
    ("answers", "prices", "error"),
    ("numbers", "both", "difference", "noise"),
    ("rooms", "house", "request"),
    ("houses", "learnt", "held_out", "network", "dollars"),
]


@given(st.sampled_from(["5c.1", "5c.2", "5c.3", "5c.4"]), weird(*KEYS))
@settings(deadline=None)
def test_a_weird_answer_gets_a_sentence(check_id: str, answer: object) -> None:
    gets_a_sentence(check_id, answer)
