"""Another version is asked: which one judged is known, whoever answers."""

import asyncio
from pathlib import Path

import pytest

from aoi_modules.commands.results.other_version import OtherVersion
from aoi_modules.errors import UnknownComponent, Unreachable
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.migrating import migrate
from aoi_modules.verdict import Verdict
from tests.client.model_server import ModelServer, manifest, scores_of
from tests.gateway.conftest import picture_bytes


def test_each_version_is_judged_by_its_own_manifest(tmp_path: Path) -> None:
    async def run(address: str, server: ModelServer) -> None:
        database = Database(tmp_path / "results.db")
        await migrate(database)
        (tmp_path / "routes.yaml").write_text(f"components: {{tile: {{model: tile, upstream: '{address}'}}}}")
        try:
            async with OtherVersion(tmp_path / "routes.yaml", None, None, database) as other:
                first = await other.inspect("tile", picture_bytes())
                server.version = 2
                second = await other.inspect("tile", picture_bytes())
                assert [(one.model.version, one.verdict) for one in (first, second)] == [
                    (1, Verdict.FAIL), (2, Verdict.PASS),
                ]  # fmt: skip
                with pytest.raises(UnknownComponent):
                    await other.inspect("pcb", picture_bytes())
            async with OtherVersion(None, "127.0.0.1:1", "tile:1", database) as away:
                with pytest.raises(Unreachable):
                    await away.inspect("tile", picture_bytes())
        finally:
            await database.close()

    with ModelServer() as server:
        server.states = {1: "AVAILABLE", 2: "AVAILABLE"}
        server.manifests = {
            version: manifest(version, threshold).to_json() for version, threshold in ((1, 0.5), (2, 0.8))
        }
        server.outputs = scores_of(0.7)
        asyncio.run(run(server.address, server))
