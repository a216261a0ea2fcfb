"""A file that holds a password or a secret; it is read again whenever it is needed, so that it may be changed."""

from pathlib import Path

from aoi_modules.errors import ResultsError
from aoi_modules.machine import disk


def read_secret(path: Path, field: str) -> str:
    """Reads the text without the line's end.

    Args:
        path: of the file.
        field: that named the file, for messages.

    Raises:
        ResultsError: it cannot be read, or says nothing.
    """
    try:
        text = path.read_text().strip()
    except OSError as error:
        raise ResultsError(f"{field}: {disk.trouble(error, path, 'cannot be read')}") from None
    except UnicodeDecodeError:
        raise ResultsError(f"{field}: {path} is no text") from None
    if not text:
        raise ResultsError(f"{field}: {path} is empty")
    return text
