"""The REST port, with an application of the test behind it."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest

from aoi_modules.errors import AoiError
from aoi_modules.serving.doors.rest_listener import RestDoor
from aoi_modules.serving.flags import ANY_PORT, Flags
from tests.serving.calls import http

FLAGS = Flags(host="127.0.0.1", rest_api_port=ANY_PORT)


class Application:
    """Answers when it may."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.go = asyncio.Event()

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        self.asked.set()
        await self.go.wait()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})


def test_it_closes_after_the_answers_under_way() -> None:
    async def main() -> None:
        app = Application()
        door = await RestDoor.open(FLAGS, app)
        url = f"http://127.0.0.1:{door.port}/"
        asking = asyncio.create_task(asyncio.to_thread(http, url))
        await app.asked.wait()
        closing = asyncio.create_task(door.close())
        await asyncio.sleep(0)
        assert not asking.done()
        app.go.set()
        assert await asking == (200, b"ok")
        await closing
        with pytest.raises(OSError, match="refused"):
            await asyncio.to_thread(http, url)

    asyncio.run(main())


def test_a_port_that_is_taken() -> None:
    async def main() -> None:
        app = Application()
        door = await RestDoor.open(FLAGS, app)
        taken = Flags(host="127.0.0.1", rest_api_port=door.port or 0)
        with pytest.raises(AoiError) as caught:
            await RestDoor.open(taken, app)
        assert caught.value.message == (
            f"--rest_api_port: cannot listen on port {door.port} of 127.0.0.1: Address already in use"
        )
        await door.close()

    asyncio.run(main())


def test_all_interfaces_of_both_ip_versions() -> None:
    async def main() -> None:
        app = Application()
        app.go.set()
        door = await RestDoor.open(Flags(rest_api_port=ANY_PORT), app)
        assert await asyncio.to_thread(http, f"http://127.0.0.1:{door.port}/") == (200, b"ok")
        await door.close()

    asyncio.run(main())
