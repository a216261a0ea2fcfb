"""Config files in protobuf's text form, as several flags name them."""

from pathlib import Path
from typing import TypeVar

from google.protobuf import text_format
from google.protobuf.message import Message

from aoi_modules.errors import SettingsError

Config = TypeVar("Config", bound=Message)


def read(path: Path, kind: type[Config], origin: str, example: str, *, secret: bool = False) -> Config:
    """Reads a message from a file.

    Args:
        path: of the file.
        kind: of message that it has to hold.
        origin: what named the file, for errors: a flag.
        example: of such a file, or what else helps.
        secret: repeat nothing of the file in errors, as the parser's own would.

    Raises:
        SettingsError: it is missing, or is no such message.
    """
    try:
        return text_format.Parse(path.read_text(), kind())
    except OSError as error:
        raise SettingsError(f"{origin}: {path}: {error.strerror}") from None
    except (text_format.ParseError, UnicodeDecodeError) as error:
        reason = f": {error}"
        if secret:
            reason = f" at line {error.GetLine()}" if isinstance(error, text_format.ParseError) else ""
        name = kind.DESCRIPTOR.full_name
        raise SettingsError(f"{origin}: {path}: not a {name}{reason}", hint=example) from None
