"""A unit of several pictures: all of them are asked about at once, and each result stands alone. Knows no HTTP."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import msgspec

from aoi_modules.errors import AoiError, BadParameter, ResultsError, StationLocked
from aoi_modules.gateway.line import Answer, Line
from aoi_modules.gateway.routes import Product
from aoi_modules.gateway.shots import Shot
from aoi_modules.judging.unit import PositionResult, UnitInspection, judge_unit
from aoi_modules.results.record import Origin
from aoi_modules.verdict import Verdict

Told = Callable[[str, str, Answer | AoiError, float], None]
"""Learns position and component of a picture, what came of it, and when it was begun, by `time.perf_counter`."""


@dataclass(frozen=True)
class UnitPicture:
    """One picture of a unit.

    Args:
        name: position of the product, or, without a product, the component.
        content: the encoded picture.
    """

    name: str
    content: bytes


@dataclass(frozen=True)
class UnitOrder:
    """What is asked for.

    Args:
        unit: its name.
        pictures: one or more.
        origin: of all pictures; it names the unit's product, if any.
        plan: of that product; None if there is none.
        wanted_ms: how long each inspection may take; None leaves it to the routes.
        key: by which the sender marks repeats; each picture has its own part of it.
        request_id: by which the log knows the request.
    """

    unit: str
    pictures: Sequence[UnitPicture]
    origin: Origin = field(default_factory=Origin)
    plan: Product | None = None
    wanted_ms: int | None = None
    key: str | None = None
    request_id: str = ""


async def inspect_unit(line: Line, order: UnitOrder, told: Told) -> UnitInspection:
    """Inspects a unit. A picture that gets no verdict leaves the others theirs, and the unit at REVIEW.

    Args:
        line: inspects each picture.
        order: what is asked for.
        told: learns of each picture.

    Raises:
        BadParameter: a picture is of a position that the product has not.
        StationLocked: the component of a picture is; none is inspected, or none further.
        ResultsError: what was found cannot be kept.
    """
    places = [_place(picture, order) for picture in order.pictures]
    for _, component in places:
        line.refuse_locked(component)
    results = await asyncio.gather(
        *(
            _inspected(line, component, _Brought(order, number, position, picture.content), told)
            for number, ((position, component), picture) in enumerate(zip(places, order.pictures, strict=True))
        )
    )
    required = () if order.plan is None else order.plan.required()
    judged = judge_unit(order.unit, results, product=order.origin.product, required=required)
    return await line.keep_unit(judged, required)


def _place(picture: UnitPicture, order: UnitOrder) -> tuple[str, str]:
    """Position and component of a picture."""
    if order.plan is None:
        return picture.name, picture.name
    positions = order.plan.positions
    if picture.name not in positions:
        expected = f"one of {order.origin.product}: {', '.join(sorted(positions))}"
        raise BadParameter("position", expected=expected, found=picture.name)
    return picture.name, positions[picture.name].component


async def _inspected(line: Line, component: str, brought: "_Brought", told: Told) -> PositionResult:
    position, started = brought.position, time.perf_counter()
    try:
        answer = await line.answer(component, brought)
    except (ResultsError, StationLocked):  # what cannot be kept, or is locked meanwhile, is not answered
        raise
    except AoiError as error:
        told(position, component, error, started)
        return PositionResult(position=position, component=component, verdict=Verdict.REVIEW, reason=error.message)
    told(position, component, answer, started)
    inspection = answer.inspection
    return PositionResult(position=position, component=component, verdict=inspection.verdict, inspection=inspection)


@dataclass(frozen=True)
class _Brought:
    """A picture that is there already; an `Arrival`."""

    order: UnitOrder
    number: int
    position: str
    content: bytes

    @property
    def request_id(self) -> str:
        return self.order.request_id

    def wanted_ms(self) -> int | None:
        return self.order.wanted_ms

    def origin(self) -> Origin:
        return msgspec.structs.replace(self.order.origin, unit=self.order.unit, position=self.position)

    def key(self) -> str | None:
        return None if self.order.key is None else f"{self.order.key}/{self.number}"

    async def shot(self) -> Shot:
        return Shot(self.content)
