"""A stream of versions on a folder, for tests that step it."""

from pathlib import Path

from aoi_modules.serving.lifecycle.stream import Retries, Stream
from aoi_modules.serving.model_config import ServedModel, VersionPolicy
from tests.serving.fake_engine import Loads


class Bench:
    """A stream on a folder."""

    def __init__(self, base: Path, *, retries: int = 0, policy: VersionPolicy | None = None) -> None:
        self.base = base
        self.loads = Loads()
        model = ServedModel("m", base, policy or VersionPolicy())
        self.stream = Stream(model, self.loads, Retries(retries, seconds=60))

    def add(self, version: int, *, broken: bool = False) -> None:
        (self.base / str(version)).mkdir()
        if broken:
            (self.base / str(version) / "broken").touch()

    def remove(self, version: int) -> None:
        path = self.base / str(version)
        (path / "broken").unlink(missing_ok=True)
        path.rmdir()

    def states(self) -> dict[int, str]:
        return {version: status.state.value for version, status in self.stream.statuses().items()}

    def closed(self) -> list[int]:
        return [version for version, engine in self.loads.engines.items() if engine.closed]

    def answers(self) -> int | None:
        """The version that answers a request without version."""
        servable = self.stream.take(None)
        if servable is None:
            return None
        servable.give_back()
        return servable.version
