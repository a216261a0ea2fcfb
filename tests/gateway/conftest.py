import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from PIL import Image

from aoi_modules.gateway.launcher import RunningGateway
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
