"""A script judges what waits by the picture alone."""

import hashlib

import pytest
import requests

from aoi_modules.errors import CourseError
from aoi_modules.study.station.scripted_operator import ScriptedOperator
from tests.gateway.conftest import picture_bytes
from tests.study.station.conftest import SmallLine

GOOD, CRACKED = (10, 10), (20, 10)
TRUTH = {
    hashlib.sha256(picture_bytes(size=GOOD)).hexdigest(): None,
    hashlib.sha256(picture_bytes(size=CRACKED)).hexdigest(): "crack",
}


def test_it_judges_until_nothing_waits_and_says_the_truth(small_line: SmallLine) -> None:
    ScriptedOperator(
        small_line.gateway.url, "Ada", {**TRUTH, hashlib.sha256(picture_bytes()).hexdigest(): None}
    ).judge()
    sent = [small_line.inspect(score, size)["id"] for score, size in ((0.1, GOOD), (0.45, CRACKED), (0.9, GOOD))]
    operator = ScriptedOperator(small_line.gateway.url, "Ada", TRUTH)
    first, rest = operator.judge(1), operator.judge()
    assert len(first) == 1
    said = {one.inspection: one.defect for one in first + rest}
    assert said == dict(zip(sent, (None, "crack", None), strict=True))
    assert requests.get(f"{small_line.gateway.url}/v1/reviews", timeout=10).json() == {"waiting": []}
    reasons = {one.inspection: one.reason for one in first + rest}
    assert reasons[sent[0]] is None, "an audit is judged blind"


def test_a_picture_that_nobody_knows_stops_it(small_line: SmallLine) -> None:
    small_line.inspect(0.9, (30, 30))
    with pytest.raises(CourseError, match="never told what this picture shows"):
        ScriptedOperator(small_line.gateway.url, "Ada", TRUTH).judge()
    ScriptedOperator(
        small_line.gateway.url, "Ada", {hashlib.sha256(picture_bytes(size=(30, 30))).hexdigest(): None}
    ).judge()


def test_a_refusal_is_said(small_line: SmallLine) -> None:
    with pytest.raises(CourseError, match=r"/v1/reviews/next: the gateway answered 400"):
        ScriptedOperator(small_line.gateway.url, " ", TRUTH).judge()
