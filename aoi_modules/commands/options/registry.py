"""Which registry of servables is meant."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, TypeVar

import click

from aoi_modules.commands.options.decorator import with_value

if TYPE_CHECKING:
    from aoi_modules.object_store.interface import Objects

Found = TypeVar("Found")
_OPTIONS = (
    click.option(
        "--registry",
        "place",
        metavar="PLACE",
        help="A folder, or s3://BUCKET/PREFIX?endpoint=http://HOST:PORT with keys as boto3 finds them."
        " AOI_REGISTRY names it, too.",
    ),
)


def registry_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command the option of a registry; it takes it as `registry`."""
    names = [field.name for field in fields(RegistryPlace)]
    return with_value(function, _OPTIONS, keyword="registry", names=names, make=RegistryPlace)


@dataclass(frozen=True)
class RegistryPlace:
    """Where a registry is."""

    place: str | None

    @property
    def where(self) -> str:
        """The place.

        Raises:
            UsageError: none is named.
        """
        from aoi_modules.settings import settings

        where = self.place or settings().registry
        if not where:
            raise click.UsageError(
                "no registry is named: --registry PLACE, or export AOI_REGISTRY=PLACE, where PLACE is a folder or"
                " s3://BUCKET/PREFIX?endpoint=http://HOST:PORT"
            )
        return where

    def act(self, act: "Callable[[Objects], Found]") -> Found:
        """Does something with the registry."""
        from aoi_modules.modelstore.registry.opening import open_registry

        objects = open_registry(self.where)
        try:
            return act(objects)
        finally:
            objects.close()
