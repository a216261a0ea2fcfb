"""The servers' event loop."""

import asyncio
import gc
import sys

import pytest

from aoi_modules import event_loop


async def loop_name() -> str:
    return type(asyncio.get_running_loop()).__module__


@pytest.mark.skipif(sys.platform == "win32", reason="uvloop does not exist there")
def test_it_is_uvloop() -> None:
    assert event_loop.run(loop_name()) == "uvloop"


def test_what_it_raises_comes_out() -> None:
    async def fails() -> None:
        raise KeyError("lost")

    with pytest.raises(KeyError, match="lost"):
        event_loop.run(fails())


def test_the_collector_leaves_alone_what_a_server_has_made_until_it_started() -> None:
    try:
        event_loop.settle()
        assert gc.get_freeze_count() > 1000
    finally:
        gc.unfreeze()
