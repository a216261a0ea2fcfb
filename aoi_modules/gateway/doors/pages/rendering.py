"""Templates of the pages, filled in. Whatever comes from people or from the line is text, never markup."""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from aoi_modules.errors import MissingExtra
from aoi_modules.gateway.doors.pages import assets

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = Path(__file__).with_name("templates")


def rendered(template: str, **values: object) -> str:
    """Fills in a template.

    Args:
        template: name below `templates/`.
        values: by name; a name that a template uses and nobody gives is an error.

    Raises:
        MissingExtra: Jinja2 is not installed.
    """
    text: str = _environment().get_template(template).render(**values)
    return text


def score(value: float | None) -> str:
    """A score as people read it: three digits behind the point, of a small one as many that matter."""
    if value is None:
        return "no number"
    return f"{value:.3f}" if value == 0 or abs(value) >= 0.001 else f"{value:.1e}"


def clock(moment: datetime, zone: str) -> str:
    """Time of the day by the plant's clock."""
    return f"{moment.astimezone(ZoneInfo(zone)):%H:%M:%S}"


def day(moment: datetime, zone: str) -> str:
    """Day and time by the plant's clock."""
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S}"


@cache
def _environment() -> "Environment":
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
    except ModuleNotFoundError:
        raise MissingExtra("a page of the station", package="jinja2", extra="station") from None
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["asset"] = assets.address_of
    environment.filters.update(score=score, clock=clock, day=day)
    return environment
