"""Names of files for people, reports and JSON."""

from pathlib import PurePath


def printable(name: str | PurePath) -> str:
    """Gives a name as text that every encoding of Unicode can hold: bytes that are no UTF-8 become `\\udcff`.

    File systems hold bytes, and old archives leave names in other encodings behind. Python reads such a byte as half of
    a pair, which neither JSON nor a report can hold.
    """
    return (name if isinstance(name, str) else name.as_posix()).encode(errors="backslashreplace").decode()
