"""Standard output, where a command's table or rows go."""

import sys
from typing import TYPE_CHECKING, TextIO

from aoi_modules.errors import AoiError

if TYPE_CHECKING:
    from rich.console import Console

WIDE = 240
"""Columns of a table that nobody's terminal limits, so that nothing is cut."""


def stdout() -> TextIO:
    """Standard output.

    Raises:
        AoiError: it is closed.
    """
    if sys.stdout is None:
        raise AoiError("standard output is closed, so nobody would get the answer", hint="for example > answers.txt")
    return sys.stdout


def console() -> "Console":
    """A console for tables: at the terminal's width, wide in a file or pipe. It prints a text as it is.

    Rich would take what stands in brackets or between colons, in a file's name or a server's words, as its own markup.

    Raises:
        AoiError: standard output is closed.
    """
    from rich.console import Console

    out = stdout()
    return Console(file=out, width=None if out.isatty() else WIDE, markup=False, emoji=False, highlight=False)
