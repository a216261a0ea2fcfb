"""Which overlay, with which images, said alike by all commands."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import click

from aoi_modules.commands.options.decorator import with_value

if TYPE_CHECKING:
    from aoi_modules.cluster.policies.pods import Object

_OPTIONS = (
    click.argument("overlay"),
    click.option(
        "--registry", metavar="PLACE", help="Where our own images come from, such as registry.example.com/line."
    ),
    click.option("--tag", help="Version of our own images. Default: that of the files."),
)


def overlay_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command OVERLAY and the images; it takes them as `chosen`."""
    names = [field.name for field in fields(Chosen)]
    return with_value(function, _OPTIONS, keyword="chosen", names=names, make=Chosen)


@dataclass(frozen=True)
class Chosen:
    """What is to be rendered."""

    overlay: str
    registry: str | None
    tag: str | None

    @property
    def name(self) -> str:
        """Of the overlay: the last part of its path."""
        from pathlib import Path

        return Path(self.overlay).resolve().name if "/" in self.overlay else self.overlay

    def objects(self) -> "list[Object]":
        """The rendered objects.

        Raises:
            SettingsError: there is no such overlay.
            ClusterError: it cannot be rendered.
        """
        from aoi_modules.cluster.images import with_images
        from aoi_modules.cluster.kustomize import render
        from aoi_modules.cluster.overlays import find_overlay

        return with_images(render(find_overlay(self.overlay)), self.registry, self.tag)
