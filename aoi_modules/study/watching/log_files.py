"""The log lines of a line's services, read from their own files: JSON, one object a line."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

Line = dict[str, Any]
_DECODER = msgspec.json.Decoder(dict[str, Any])


def read(logs: Mapping[str, Path]) -> list[Line]:
    """All lines of the services with a `service` each, the earliest first. What is no JSON is passed over.

    Args:
        logs: files by service.
    """
    found = [line for service, path in logs.items() for line in _lines(service, path)]
    return sorted(found, key=lambda line: str(line.get("timestamp", "")))


def _lines(service: str, path: Path) -> Iterator[Line]:
    for text in path.read_bytes().splitlines():
        try:
            yield {"service": service, **_DECODER.decode(text)}
        except msgspec.DecodeError:  # a line for people, such as a traceback
            continue


def having(lines: Sequence[Line], **fields: object) -> list[Line]:
    """The lines with these fields, such as `event="refused"`."""
    return [line for line in lines if all(line.get(name) == value for name, value in fields.items())]


def counts(lines: Sequence[Line], *fields: str) -> Counter[tuple[str, ...]]:
    """How many lines there are of each combination of fields."""
    return Counter(tuple(str(line.get(name, "")) for name in fields) for line in lines)


def streams(lines: Sequence[Line], labels: Sequence[str]) -> int:
    """How many streams a log store keeps of these lines, if these fields are its labels."""
    return len(counts(lines, *labels))


def shown(lines: Sequence[Line], fields: Sequence[str]) -> str:
    """Some fields of lines, a line each, for people."""
    rows = [[str(line.get(name, "")) for name in fields] for line in lines]
    wide = [max(map(len, column)) for column in zip(fields, *rows, strict=True)]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(row, wide, strict=True)).rstrip()
        for row in [list(fields), *rows]
    )
