"""Pages from template files: text stays text, names are all given, and who lacks Jinja is told."""

import sys
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from aoi_modules.errors import MissingExtra
from aoi_modules.machine.template_file import filled_in


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "page.html.j2"
    path.write_text("{% if name %}\n<p>{{ name }}</p>\n{% endif %}\n")
    return path


def test_what_is_filled_in_is_text(template: Path) -> None:
    assert filled_in(template, "the page", "station", name="<b>") == "<p>&lt;b&gt;</p>\n"


def test_a_name_that_nobody_gives_is_an_error(template: Path) -> None:
    with pytest.raises(UndefinedError, match="'name' is undefined"):
        filled_in(template, "the page", "station")


def test_who_lacks_jinja_is_told_what_to_install(template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(MissingExtra, match="the page") as caught:
        filled_in(template, "the page", "station", name="a")
    assert "station" in str(caught.value.hint)
