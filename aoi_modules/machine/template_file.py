"""A page of HTML from a template file. Whatever is filled in is text, never markup."""

from pathlib import Path

from aoi_modules.errors import MissingExtra


def filled_in(template: Path, what: str, extra: str, /, **values: object) -> str:
    """Fills in a template of Jinja.

    Args:
        template: its file.
        what: the page, in words for whom Jinja lacks.
        extra: that brings it.
        values: by name; a name that the template uses and nobody gives is an error.

    Raises:
        MissingExtra: jinja2 is not installed.
    """
    try:
        from jinja2 import Environment, StrictUndefined
    except ModuleNotFoundError:
        raise MissingExtra(what, package="jinja2", extra=extra) from None
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(template.read_text(encoding="utf-8")).render(**values)
