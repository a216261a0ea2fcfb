"""Where a line keeps what it has: one folder, with which a later start goes on."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from aoi_modules.errors import AoiError
from aoi_modules.lock import alone


@dataclass(frozen=True)
class Home:
    """The folder of a line, and the places in it.

    Args:
        folder: absolute, and there.
    """

    folder: Path

    @property
    def registry(self) -> Path:
        """Versions and labels of models."""
        return self.folder / "registry"

    @property
    def models(self) -> Path:
        """What the model server serves, kept in step with the registry."""
        return self.folder / "models"

    @property
    def config(self) -> Path:
        """The model server's file of models."""
        return self.models / "models.config"

    @property
    def routes(self) -> Path:
        """The gateways' routes."""
        return self.folder / "routes.yaml"

    @property
    def database(self) -> Path:
        """The gateways' database, unless another one is named."""
        return self.folder / "results.sqlite"

    @property
    def pictures(self) -> Path:
        """Pictures that are kept."""
        return self.folder / "pictures"

    @property
    def training(self) -> Path:
        """What was trained because the course has not run."""
        return self.folder / "training"

    def log(self, part: str) -> Path:
        """The log of a part; that of the start before is kept beside it."""
        return self.folder / "logs" / f"{part}.log"

    def fresh_log(self, part: str) -> Path:
        """The log for a part that starts now."""
        path = self.log(part)
        path.parent.mkdir(exist_ok=True)
        if path.exists():
            path.replace(path.with_suffix(".before.log"))
        return path


@contextmanager
def at_home(folder: Path) -> Iterator[Home]:
    """Holds the folder for one line.

    Raises:
        AoiError: another one has it, or it cannot be written to.
    """
    folder = folder.absolute()
    taken = AoiError(f"{folder}: another line runs there", hint="stop that one, or give this one a --home of its own")
    with alone(folder / "lock", 0.0, taken):
        yield Home(folder)
