import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from PIL import Image

from aoi_modules.gateway.launcher import RunningGateway
from aoi_modules.gateway.line import Line
from aoi_modules.gateway.shots import Shot
from aoi_modules.judging.inspection import Inspection
from aoi_modules.results.record import Origin
from tests.client.model_server import ModelServer

StartGateway = Callable[[str], RunningGateway]


@pytest.fixture
def model_server() -> Iterator[ModelServer]:
    """A controllable model server on a free port."""
    with ModelServer() as server:
        yield server


@pytest.fixture
def start_gateway(tmp_path: Path) -> Iterator[StartGateway]:
    """Starts real gateways with routes given as text; stops them at the end."""
    with ExitStack() as running:

        def start(routes: str) -> RunningGateway:
            path = tmp_path / "routes.yaml"
            path.write_text(routes)
            return running.enter_context(RunningGateway(path))

        yield start


def picture_bytes(form: str = "PNG", size: tuple[int, int] = (16, 12)) -> bytes:
    """An encoded gray picture with a gradient, so that every line of it matters."""
    file = io.BytesIO()
    Image.linear_gradient("L").resize(size).save(file, form)
    return file.getvalue()


class Arriving:
    """A picture that is there, or trouble in its place."""

    request_id = "r1"

    def __init__(
        self,
        content: bytes | Shot | Exception | None = None,
        wanted_ms: int | None = None,
        unit: str | None = None,
        key: str | None = None,
    ) -> None:
        self._unit = unit
        self._key = key
        self._content = picture_bytes() if content is None else content
        self._wanted_ms = wanted_ms
        self.received = False

    def wanted_ms(self) -> int | None:
        return self._wanted_ms

    def origin(self) -> Origin:
        return Origin(unit=self._unit)

    def key(self) -> str | None:
        return self._key

    async def shot(self) -> Shot:
        self.received = True
        if isinstance(self._content, Exception):
            raise self._content
        return self._content if isinstance(self._content, Shot) else Shot(self._content)


async def inspect(line: Line, component: str, arriving: Arriving) -> Inspection:
    """The verdict of the line."""
    return (await line.answer(component, arriving)).inspection
