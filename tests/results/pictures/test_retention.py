"""How long pictures stay, as the routes say it."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
import yaml

from aoi_modules.results.database.deletions import Aged
from aoi_modules.results.pictures.retention import Retention
from aoi_modules.results.record import first_id
from aoi_modules.verdict import Verdict

MOMENT = datetime(2026, 11, 30, tzinfo=UTC)


def test_each_verdict_has_its_own_age() -> None:
    read = msgspec.convert(yaml.safe_load("{PASS: 7, REVIEW: 0.5, FAIL: 365}"), Retention)
    assert list(read.aged(MOMENT)) == [
        Aged(Verdict.PASS, first_id(MOMENT - timedelta(days=7))),
        Aged(Verdict.REVIEW, first_id(MOMENT - timedelta(hours=12))),
        Aged(Verdict.FAIL, first_id(MOMENT - timedelta(days=365))),
    ]


def test_what_is_left_out_stays_for_ever() -> None:
    assert [aged.verdict for aged in Retention(REVIEW=90).aged(MOMENT)] == [Verdict.REVIEW]
    assert list(Retention().aged(MOMENT)) == []


def test_nobody_waits_for_ever() -> None:
    assert Retention().unjudged_before(MOMENT) == MOMENT - timedelta(days=30)
    assert Retention(unjudged=2).unjudged_before(MOMENT) == MOMENT - timedelta(days=2)


@pytest.mark.parametrize(
    "days", ["{PASS: 0}", "{FAIL: -1}", "{pass: 7}", "{PASS: long}", "{unjudged: 0}", "{unjudged: null}"]
)
def test_what_makes_no_sense_is_refused(days: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(yaml.safe_load(days), Retention)


def test_a_long_age_reaches_back_before_all_clocks() -> None:
    (aged,) = Retention(FAIL=10_000).aged(datetime(1980, 1, 1, tzinfo=UTC))
    assert aged.before == "0" * 32
