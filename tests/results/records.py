"""Records for tests: one as a line writes it, and all that there can be."""

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

from hypothesis import strategies as st

from aoi_modules.judging.inspection import HeadResult, Inspection, ModelVersion
from aoi_modules.judging.regions import Region
from aoi_modules.results.record import Origin, Picture, Record, ReviewReason, Role, new_id
from aoi_modules.verdict import Verdict

START = datetime(2026, 3, 1, 6, 0, 0, 123456, tzinfo=UTC)


def record(number: int = 0, **changes: Any) -> Record:
    """A record of the second `number` of a shift, of one tile; changes are fields of the record or of its parts."""
    moment = START + timedelta(seconds=number)
    record_id = changes.pop("id", None) or new_id(moment)
    inspection = Inspection(
        id=record_id,
        component=changes.pop("component", "tile"),
        verdict=changes.pop("verdict", Verdict.PASS),
        model=ModelVersion(name=changes.pop("model", "tile"), version=changes.pop("version", 3)),
        heads=changes.pop("heads", ()),
        canary=changes.get("role") == "canary",
        check=changes.get("role") == "check",
        request_id="request",
        elapsed_ms=1.5,
    )
    sha256 = changes.pop("picture_sha256", "a" * 64)
    kept = changes.pop("kept", True)
    picture = Picture(sha256=sha256, size=100, width=20, height=10, kind="png", kept=kept)
    origin = {name: changes.pop(name) for name in Origin.__struct_fields__ if name in changes}
    return Record(
        id=record_id,
        time=moment,
        gateway=changes.pop("gateway", "first"),
        picture=picture,
        inspection=inspection,
        origin=Origin(**origin),
        stages={"receive": 0.5, "model": 1.0},
        **changes,
    )


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
"""What every database takes: PostgreSQL knows no NUL."""
IDS = st.integers(0, 2**128 - 1).map(lambda number: f"{number:032x}")
_FLOATS = st.floats(allow_nan=False, allow_infinity=False)
_MAYBE_TEXTS = st.none() | TEXTS
_MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=st.just(UTC))
_PICTURES = st.builds(
    Picture,
    sha256=st.integers(0, 2**256 - 1).map(lambda number: f"{number:064x}"),
    size=st.integers(0, 2**31 - 1),
    width=st.integers(0, 2**31 - 1),
    height=st.integers(0, 2**31 - 1),
    kind=st.sampled_from(["", "png", "jpg", "raw"]),
    kept=st.booleans(),
    gone=st.none() | _MOMENTS,
)
_HEADS = st.builds(
    HeadResult,
    name=TEXTS,
    kind=st.sampled_from(["defect", "class", "value"]),
    label=_MAYBE_TEXTS,
    score=st.none() | _FLOATS,
    scores=st.none() | st.dictionaries(TEXTS, st.none() | _FLOATS, max_size=3),
    threshold=st.none() | _FLOATS,
    review_band=st.none() | st.tuples(_FLOATS, _FLOATS),
    verdict=st.none() | st.sampled_from(Verdict),
    region=st.none() | st.builds(Region, top=_FLOATS, left=_FLOATS, height=_FLOATS, width=_FLOATS),
)


@st.composite
def records(draw: st.DrawFn) -> Record:
    """Any record whose id, role and the inspection's own fit together, as a gateway writes it."""
    record_id, role = draw(IDS), draw(st.sampled_from(get_args(Role)))
    inspection = Inspection(
        id=record_id,
        component=draw(TEXTS),
        verdict=draw(st.sampled_from(Verdict)),
        model=ModelVersion(name=draw(TEXTS), version=draw(st.none() | st.integers(0, 2**63 - 1))),
        heads=tuple(draw(st.lists(_HEADS, max_size=3))),
        reason=draw(TEXTS),
        canary=role == "canary",
        check=role == "check",
        request_id=draw(TEXTS),
        elapsed_ms=draw(st.none() | _FLOATS),
    )
    return Record(
        id=record_id,
        time=draw(_MOMENTS),
        gateway=draw(TEXTS),
        picture=draw(_PICTURES),
        inspection=inspection,
        origin=Origin(**{name: draw(_MAYBE_TEXTS) for name in Origin.__struct_fields__}),
        role=role,
        key=draw(st.none() | IDS),
        repeats=draw(st.none() | IDS),
        shadows=draw(st.none() | IDS),
        stages=draw(st.dictionaries(TEXTS, _FLOATS, max_size=3)),
        review=draw(st.none() | st.sampled_from(get_args(ReviewReason))),
        chance=draw(st.floats(0, 1)),
    )
