"""The secrets of docker/compose.yaml: made by chance, in a file that git ignores and nobody else here reads."""

import re
import secrets
from pathlib import Path

from aoi_modules.errors import SettingsError
from aoi_modules.machine.disk import words
from aoi_modules.machine.whole_file import write_whole

EXAMPLE = ".env.example"
BYTES = 24
_NAME = re.compile(r"^(\w+)=(.*)$", re.MULTILINE)


def fill(folder: Path) -> list[str]:
    """Writes `.env` beside `.env.example`, with a secret behind each name; those that are there stay.

    Args:
        folder: `docker` of a checkout.

    Returns:
        The names that got a secret.

    Raises:
        SettingsError: the folder has no `.env.example`, or cannot be written.
    """
    path = folder / ".env"
    try:
        text = (folder / EXAMPLE).read_text()
        known = dict(_NAME.findall(path.read_text())) if path.is_file() else {}
        made = {name: secrets.token_hex(BYTES) for name, _ in _NAME.findall(text) if not known.get(name)}
        if made:
            kept = [f"{name}={value}" for name, value in known.items() if value]
            lines = [*kept, *(f"{name}={value}" for name, value in made.items())]
            write_whole(path, "".join(f"{line}\n" for line in lines).encode(), mode=0o600)
    except FileNotFoundError:
        raise SettingsError(
            f"{folder / EXAMPLE}: there is no such file", hint="change to a checkout first, or name its docker folder"
        ) from None
    except OSError as error:
        raise SettingsError(f"{path}: {words(error)}") from None
    return sorted(made)
