"""One inspection as it is kept: in the spool, in the database, in exports and in messages.

Releases of this package read each other's records: a field may be added with a default, and none changes its meaning
or goes. Whoever reads leaves out fields that it does not know.
"""

import hashlib
import re
import secrets
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from aoi_modules.judging.inspection import Inspection

SCHEMA = 1
"""Of the records that this release writes."""
Role = Literal["line", "canary", "shadow", "check"]
"""Who gave the scores: the route's own model, its canary, or its shadow, which decides nothing. `check`: the route's
own model, about a golden picture in a check of the station, which is about no part."""
OF_PARTS: frozenset[Role] = frozenset({"line", "canary"})
"""Roles whose verdict is that of a part of the line: these alone count in figures, and in units."""
ReviewReason = Literal["doubtful", "failed", "audit", "disagreement"]
"""Why a person has to judge a part: its verdict is REVIEW or FAIL, or it passed and was chosen by chance, or a shadow
found another verdict."""
Moment = Annotated[datetime, Meta(tz=True)]
"""A time that says its zone."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Whole = Annotated[int, Meta(ge=1, le=2**63 - 1)]
"""A version or a number of a row, as far as databases and TensorFlow Serving count."""
ID = re.compile(r"[0-9a-f]{32}")
"""How an id of ours looks."""
_ID_RANDOM_BITS = 74


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Where a picture comes from, as far as the request says; None where it does not."""

    unit: str | None = None
    """Serial number of what is inspected: a board, a housing."""
    position: str | None = None
    """The place on the unit of which the picture is."""
    product: str | None = None
    lot: str | None = None
    station: str | None = None


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a picture without looking at it again."""

    sha256: str
    """Of its bytes as they came, hexadecimal."""
    size: int
    """In bytes."""
    width: int
    """In pixels."""
    height: int
    kind: str = ""
    """Of the file, as its suffix: `png`, `jpg`, `bmp`. `raw` for a frame without a file; one that is kept becomes a
    `png` of the same pixels, so that people can open it."""
    kept: bool = False
    """Whether the store of pictures gets it."""
    gone: Moment | None = None
    """When it was deleted from there because of its age; None if it was not."""


class Record(msgspec.Struct, frozen=True, kw_only=True, tag="inspection", tag_field="entry"):
    """One picture, judged by one model."""

    id: str
    """Unique, and rising with time: see `new_id`."""
    time: Moment
    """When the picture was there; UTC."""
    gateway: str
    """Which gateway wrote the record."""
    picture: Picture
    inspection: Inspection
    """What was answered."""
    origin: Origin = Origin()
    role: Role = "line"
    key: str | None = None
    """By which a repeat of the same request is known: see `given_key` and `picture_key`."""
    repeats: str | None = None
    """Id of the record that had the same key first; None for that one."""
    shadows: str | None = None
    """Of a shadow: id of the inspection that was answered."""
    stages: Mapping[str, float] = {}
    """Milliseconds by stage: `receive`, `wait`, `model`."""
    review: ReviewReason | None = None
    """Why a person has to judge the part; None if nobody has to."""
    chance: float = 0.0
    """With which probability the part had to be judged: see `review.choosing`."""
    schema: int = SCHEMA


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def new_id(moment: datetime | None = None) -> str:
    """Makes an id: a UUID of version 7 (RFC 9562) in 32 hexadecimal digits, so that ids sort by time.

    Args:
        moment: that the id is of, to the millisecond; now if left out.
    """
    milliseconds = time.time_ns() // 10**6 if moment is None else int(moment.timestamp() * 1000)
    chance = secrets.randbits(_ID_RANDOM_BITS)
    upper, lower = chance >> 62, chance & (2**62 - 1)
    return f"{milliseconds << 80 | 0x7 << 76 | upper << 64 | 0b10 << 62 | lower:032x}"


def is_id(text: str) -> bool:
    """Whether a text may be an id of ours."""
    return ID.fullmatch(text) is not None


def first_id(moment: datetime) -> str:
    """The least id that a record of this moment can have; before 1970 there was none."""
    return f"{max(0, int(moment.timestamp() * 1000)) << 80:032x}"


def time_of(record_id: str) -> datetime:
    """The moment that an id is of, to the millisecond.

    Raises:
        OverflowError: no clock gave it: it is of the year 10,000 or later.
    """
    return _EPOCH + timedelta(milliseconds=int(record_id[:12], 16))


def given_key(component: str, text: str, beside: str = "") -> str:
    """The key of a request that names one itself.

    Args:
        component: of the picture.
        text: that the request names.
        beside: what else the model looks at, as text; empty for nothing.
    """
    return _digest("key", component, text, *([beside] if beside else []))


def picture_key(component: str, origin: Origin, sha256: str, beside: str = "") -> str | None:
    """The key of a request by what it is about: unit, position and picture. Without a unit nothing tells repeats.

    Args:
        component: of the picture.
        origin: of the picture.
        sha256: of the picture.
        beside: what else the model looks at, as text; empty for nothing.
    """
    if origin.unit is None:
        return None
    return _digest("picture", component, origin.unit, origin.position or "", sha256, *([beside] if beside else []))


def _digest(*parts: str) -> str:
    """32 hexadecimal digits; no part can run into the next one."""
    return hashlib.sha256("".join(f"{len(part)}:{part}" for part in parts).encode()).hexdigest()[:32]
