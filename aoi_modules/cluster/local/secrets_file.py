"""The secrets of docker/compose.yaml: made by chance, in a file that git ignores and nobody else here reads."""

import re
import secrets
from collections.abc import Mapping
from pathlib import Path

from aoi_modules.errors import SettingsError
from aoi_modules.machine.disk import words
from aoi_modules.machine.whole_file import write_whole

EXAMPLE = ".env.example"
BYTES = 24
_LINE = re.compile(r"(?P<name>\w+)=(?P<value>[^\n]*)")
_NOTHING = re.compile(r"""\s*(''|"")?\s*(?P<rest>(#.*)?)""")


def fill(folder: Path) -> list[str]:
    """Writes `.env` beside `.env.example`, with a secret behind each name; what is there stays, comments too.

    Args:
        folder: `docker` of a checkout.

    Returns:
        The names that got a secret.

    Raises:
        SettingsError: the folder has no `.env.example`, or cannot be written.
    """
    path = folder / ".env"
    try:
        names = [name for name, _ in _settings((folder / EXAMPLE).read_text())]
        text = path.read_bytes().decode() if path.is_file() else ""
        known = {name for name, value in _settings(text) if not _NOTHING.fullmatch(value)}
        made = {name: secrets.token_hex(BYTES) for name in names if name not in known}
        if made:
            write_whole(path, _filled(text, made).encode(), mode=0o600)
    except FileNotFoundError:
        raise SettingsError(
            f"{folder / EXAMPLE}: there is no such file", hint="change to a checkout first, or name its docker folder"
        ) from None
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: expected text in UTF-8. Received: a byte that is none at {error.start}") from None
    except OSError as error:
        raise SettingsError(f"{path}: {words(error)}") from None
    return sorted(made)


def _settings(text: str) -> list[tuple[str, str]]:
    """Name and value of each line that has them."""
    found = [_LINE.fullmatch(line) for line in text.splitlines()]
    return [(one["name"], one["value"]) for one in found if one]


def _filled(text: str, made: Mapping[str, str]) -> str:
    """The same text with these values: at the line of a name that has one, or behind the last line."""
    left, lines = dict(made), []
    for line in text.splitlines(keepends=True):
        found = _LINE.fullmatch(line.rstrip("\r\n"))
        if found is None or found["name"] not in made:
            lines.append(line)
            continue
        left.pop(found["name"], None)
        end = line[len(line.rstrip("\r\n")) :]
        rest = _NOTHING.fullmatch(found["value"])
        comment = f" {rest['rest']}" if rest and rest["rest"] else ""
        lines.append(f"{found['name']}={made[found['name']]}{comment}{end}")
    if lines and left and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    return "".join([*lines, *(f"{name}={value}\n" for name, value in left.items())])
