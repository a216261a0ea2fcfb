import io
import sys

import pytest
from rich.table import Table

from aoi_modules.commands.output import WIDE, console, stdout
from aoi_modules.errors import AoiError


def test_a_text_is_printed_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.StringIO()
    monkeypatch.setattr(sys, "stdout", written)
    table = Table("picture")
    for name in ("[x].png", "lot[/a].png", ":warning:"):
        table.add_row(name)
    out = console()
    out.print(table)
    out.print("ipv4:[bold] said the server")
    assert out.width == WIDE
    for text in ("[x].png", "lot[/a].png", ":warning:", "ipv4:[bold] said the server"):
        assert text in written.getvalue()


def test_a_closed_standard_output_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    for ask in (stdout, console):
        with pytest.raises(AoiError, match="standard output is closed"):
            ask()
