"""Jinja templates of the report, with everything inline: a page works from a stick in a factory without a network."""

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_CODE = re.compile(r"`([^`]*)`")
FOLDER = Path(__file__).with_name("templates")


def rendered(name: str, **values: object) -> str:
    """One of the templates, filled in; text is escaped."""
    text: str = _environment().get_template(name).render(**values)
    return text


def style(*names: str) -> "Markup":
    """Style sheets as text to set into a page."""
    from markupsafe import Markup

    return Markup("\n".join((FOLDER / name).read_text(encoding="utf-8") for name in names))


def prose(text: str) -> "Markup":
    """Text as HTML, with what stands between backticks as code."""
    from markupsafe import Markup, escape

    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["prose"] = prose
    return environment
