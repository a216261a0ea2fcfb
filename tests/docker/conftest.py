import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docker.engine import CONFINED, built, docker


@pytest.fixture
def volume() -> Iterator[str]:
    """A volume of Docker's."""
    name = f"aoi-test-{secrets.token_hex(4)}"
    docker("volume", "create", name)
    yield name
    docker("volume", "rm", "--force", name)


@pytest.fixture
def network() -> Iterator[str]:
    """A network of Docker's."""
    name = f"aoi-test-{secrets.token_hex(4)}"
    docker("network", "create", name)
    yield name
    docker("network", "rm", name)


@pytest.fixture
def shared_folder() -> Iterator[Path]:
    """Where the engine sees it, too, and our images may write."""
    folder = Path("/tmp") / f"aoi-test-{secrets.token_hex(4)}"
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def servables() -> Iterator[Path]:
    """A base path with tile/1, which our trainer's image trained and exported without a network."""
    folder = Path("/tmp") / f"aoi-test-{secrets.token_hex(4)}"
    folder.mkdir()
    folder.chmod(0o777)
    for words in (
        ("train", "magnetic-tile", "--profile=ci", "--epochs=1", "--out=tile"),
        ("export", "tile/model.keras", "--name=tile", "--base-path=models"),
    ):
        docker("run", "--rm", *CONFINED, "--network=none", f"--volume={folder}:/var/lib/aoi", built("trainer"), *words)
    yield folder / "models"
    shutil.rmtree(folder, ignore_errors=True)
