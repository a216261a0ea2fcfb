"""The number of the format in our JSON files, which older releases read too."""

import msgspec

UPGRADE = "a newer release wrote it; upgrade aoi-academy here"


class UnknownFormat(Exception):
    """A file of a format that this release does not read."""


class _Numbered(msgspec.Struct):
    format: int = 1  # files that say nothing are older than the number


def check_format(text: bytes | str, known: int) -> None:
    """Compares the format that a file names with the one that is read here, before any other field is looked at.

    Raises:
        UnknownFormat: it is another one.
        msgspec.DecodeError: the text is no JSON object, or its format is no whole number.
        UnicodeDecodeError: it is no text.
    """
    found = msgspec.json.decode(text, type=_Numbered).format
    if found != known:
        raise UnknownFormat(f"expected format {known}. Received: format {found}")
