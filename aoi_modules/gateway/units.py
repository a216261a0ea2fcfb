"""A unit of several pictures: all of them are asked about at once, and each result stands alone. Knows no HTTP."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from aoi_modules.errors import AoiError, BadParameter
from aoi_modules.gateway.line import Line
from aoi_modules.gateway.routes import Product
from aoi_modules.judging.unit import PositionResult, UnitInspection, judge_unit
from aoi_modules.verdict import Verdict


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
        product: name and plan; None if the request names none.
        wanted_ms: how long each inspection may take; None leaves it to the routes.
    """

    unit: str
    pictures: Sequence[UnitPicture]
    product: tuple[str, Product] | None = None
    wanted_ms: int | None = None


async def inspect_unit(line: Line, order: UnitOrder) -> UnitInspection:
    """Inspects a unit. A picture that gets no verdict leaves the others theirs, and the unit at REVIEW.

    Raises:
        BadParameter: a picture is of a position that the product has not.
    """
    places = [_place(picture, order.product) for picture in order.pictures]
    results = await asyncio.gather(
        *(
            _inspected(line, order, position, component, picture.content)
            for (position, component), picture in zip(places, order.pictures, strict=True)
        )
    )
    if order.product is None:
        return judge_unit(order.unit, results)
    name, product = order.product
    return judge_unit(order.unit, results, product=name, required=product.required())


def _place(picture: UnitPicture, product: tuple[str, Product] | None) -> tuple[str, str]:
    """Position and component of a picture."""
    if product is None:
        return picture.name, picture.name
    name, plan = product
    if picture.name not in plan.positions:
        raise BadParameter(
            "position", expected=f"one of {name}: {', '.join(sorted(plan.positions))}", found=picture.name
        )
    return picture.name, plan.positions[picture.name].component


async def _inspected(line: Line, order: UnitOrder, position: str, component: str, content: bytes) -> PositionResult:
    try:
        inspection = await line.inspect(component, _Arrived(order, content))
    except AoiError as error:
        return PositionResult(position=position, component=component, verdict=Verdict.REVIEW, reason=error.message)
    return PositionResult(position=position, component=component, verdict=inspection.verdict, inspection=inspection)


@dataclass(frozen=True)
class _Arrived:
    """A picture that is there already; an `Arrival`."""

    order: UnitOrder
    content: bytes

    def wanted_ms(self) -> int | None:
        return self.order.wanted_ms

    def unit(self) -> str | None:
        return self.order.unit

    async def picture(self) -> bytes:
        return self.content
