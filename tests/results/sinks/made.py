"""Records and closings for tests of messages: any at all, or one that is told."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, get_args

import msgspec
from hypothesis import strategies as st

from aoi_modules.judging.inspection import HeadResult
from aoi_modules.judging.limits import LimitsFrom
from aoi_modules.judging.regions import Region
from aoi_modules.results.closing import ClosedPosition, Closing
from aoi_modules.results.record import Record, new_id
from aoi_modules.verdict import Verdict
from tests.results import records as any_records
from tests.results.records import IDS, TEXTS

NOON = datetime(2026, 1, 31, 12, 0, 0, 123000, tzinfo=UTC)
_MAYBE = st.none() | TEXTS
_SHARES = st.floats(0, 1)
_TIMES = st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=st.just(UTC))
_VERDICTS = st.sampled_from(Verdict)
_HEADS = st.builds(
    HeadResult,
    name=TEXTS,
    kind=st.sampled_from(("defect", "class", "value")),
    label=_MAYBE,
    score=st.none() | st.floats(-1e9, 1e9),
    scores=st.none() | st.dictionaries(TEXTS, st.none() | _SHARES, max_size=3),
    threshold=st.none() | _SHARES,
    review_band=st.none() | st.tuples(_SHARES, _SHARES),
    verdict=st.none() | _VERDICTS,
    limits_from=st.none() | st.sampled_from(get_args(LimitsFrom)),
    region=st.none() | st.builds(Region, top=_SHARES, left=_SHARES, height=_SHARES, width=_SHARES),
)


@st.composite
def records(draw: st.DrawFn) -> Record:
    """Any record with scores and regions as models give them."""
    some = draw(any_records.records())
    inspection = msgspec.structs.replace(some.inspection, heads=tuple(draw(st.lists(_HEADS, max_size=3))))
    return msgspec.structs.replace(some, inspection=inspection)


def closings() -> st.SearchStrategy[Closing]:
    """Any closing."""
    position = st.builds(
        ClosedPosition, position=TEXTS, component=TEXTS, verdict=_VERDICTS, inspection=st.none() | IDS, reason=TEXTS
    )
    names = st.lists(TEXTS, max_size=2).map(tuple)
    return st.builds(
        Closing,
        id=IDS,
        unit=TEXTS,
        time=_TIMES,
        gateway=TEXTS,
        verdict=_VERDICTS,
        positions=st.lists(position, max_size=3).map(tuple),
        product=_MAYBE,
        missing=names,
        required=names,
        reason=TEXTS,
        awaited=names,
        settled=st.booleans(),
        run=st.integers(1, 5),
        revision=st.integers(1, 5),
    )


def closing(
    verdict: Verdict, missing: Sequence[str] = (), *seen: Verdict | None, reason: str = "", **changes: Any
) -> Closing:
    """The verdict of the motor A7: which positions are missing, and what was seen of others; None if no model could be
    asked. `changes` are about the closing."""
    positions = [
        ClosedPosition(
            position=f"place {at}",
            component="tile",
            verdict=one or Verdict.REVIEW,
            inspection=None if one is None else new_id(),
            reason="" if one is not None else "no server answered",
        )
        for at, one in enumerate(seen)
    ]
    plain = Closing(
        id=new_id(), unit="A7", time=NOON, gateway="north", verdict=verdict, positions=tuple(positions),
        product="motor", missing=tuple(missing), reason=reason, revision=1,
    )  # fmt: skip
    return msgspec.structs.replace(plain, **changes)


def head(verdict: Verdict | None = Verdict.PASS, score: float | None = 0.25, **changes: Any) -> HeadResult:
    """A head that judges scratches by a threshold of 0.5."""
    plain = HeadResult(
        name="defect", kind="defect", label="scratch", score=score, scores=None, threshold=0.5, review_band=None,
        verdict=verdict,
    )  # fmt: skip
    return msgspec.structs.replace(plain, **changes)


def record(verdict: Verdict = Verdict.PASS, *heads: HeadResult, reason: str = "", **changes: Any) -> Record:
    """A record of one picture of a tile, 20 by 10 pixels, that was taken at noon; for `changes` see `records.py`."""
    kept = changes.pop("kept", False)
    plain = any_records.record(verdict=verdict, heads=heads or (head(verdict),), gateway="north", **changes)
    return msgspec.structs.replace(
        plain,
        time=NOON,
        inspection=msgspec.structs.replace(plain.inspection, reason=reason),
        picture=msgspec.structs.replace(plain.picture, kept=kept),
    )
