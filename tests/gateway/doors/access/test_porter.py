"""Who comes."""

import asyncio

from starlette.requests import Request

from aoi_modules.gateway.doors.access.person import OPEN
from aoi_modules.gateway.doors.access.porter import Porter


def test_nobody_has_to_sign_in() -> None:
    assert asyncio.run(Porter().person(Request({"type": "http", "headers": []}))) is OPEN
