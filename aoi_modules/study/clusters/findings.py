"""What was heard about a faulty program, cut to what a reader looks at."""

import textwrap
from collections.abc import Iterator, Sequence

from aoi_modules.study.clusters.heard import Heard

WIDTH = 100
_EVENTS = "Events:"


def findings(heard: Sequence[Heard]) -> str:
    """All that was heard, each line below its command; of a description the events alone, which stand at its end."""
    return "\n\n".join("\n".join([*_command(one.line), *_lines(one)]) for one in heard)


def _command(line: str) -> list[str]:
    return textwrap.wrap(f"$ {line}", WIDTH, subsequent_indent="      ", break_long_words=False, break_on_hyphens=False)


def _lines(one: Heard) -> Iterator[str]:
    text = one.said
    if "describe" in one.line and _EVENTS in text:
        yield "..."
        text = text[text.rindex(_EVENTS) :]
    for line in text.splitlines() or ["(nothing)"]:
        yield from textwrap.wrap(line, WIDTH, subsequent_indent="        ", replace_whitespace=False) or [""]
