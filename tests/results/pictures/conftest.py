"""Stores of pictures for tests: a folder always, and a bucket of a real S3 server where it is."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest

from aoi_modules.results.pictures.opening import open_store
from aoi_modules.results.pictures.store import PictureStore
from tests.seaweedfs import NEED

Result = TypeVar("Result")


@pytest.fixture(params=["folder", pytest.param("s3", marks=NEED)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty store is, of each kind."""
    return str(tmp_path / "pictures") if request.param == "folder" else str(request.getfixturevalue("bucket_url"))


def with_store(where: str | Path, act: Callable[[PictureStore], Awaitable[Result]]) -> Result:
    """Does something with a store, in a loop of its own."""

    async def run() -> Result:
        store = open_store(where)
        try:
            return await act(store)
        finally:
            await store.close()

    return asyncio.run(run())


async def contents(store: PictureStore) -> dict[str, bytes]:
    """All pictures of a store by their addresses."""
    return {kept.address: await store.get(kept.address) async for kept in store.listed()}
