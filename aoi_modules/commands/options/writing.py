"""What `aoi export` and `aoi merge` let people say about the servable that they write, and how they write it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aoi_modules.commands.options.decorator import with_value

if TYPE_CHECKING:  # TensorFlow comes when a command runs, not when its help is shown
    from aoi_modules.export.model_sources import ModelSource
    from aoi_modules.export.precision import Precision
    from aoi_modules.export.servable import Servable
    from aoi_modules.modelstore.manifest import Head

_OPTIONS = (
    click.option("--name", required=True, help="Component; the folder below the base path."),
    click.option("--base-path", required=True, type=click.Path(path_type=Path), help="Root of all components."),
    click.option("--version", type=click.IntRange(min=1), help="Default: one more than the newest."),
    click.option("--no-freeze", is_flag=True, help="Keep variables instead of constants."),
    click.option(
        "--precision",
        type=click.Choice(["float32", "float16"]),
        default="float32",
        show_default=True,
        help="In which weights are stored.",
    ),
    click.option(
        "--tolerance",
        type=click.FloatRange(min=0, min_open=True),
        help="How far scores may be from the models'; default: 5e-5, for half precision 1e-2.",
    ),
    click.option("--json", "as_json", is_flag=True, help="Print the manifest as JSON."),
)


def writing_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command all options of a servable that it writes; it takes them as `writing`."""
    names = [field.name for field in fields(Writing)]
    return with_value(function, _OPTIONS, keyword="writing", names=names, make=Writing)


@dataclass(frozen=True)
class Writing:
    """Where and how a servable is to be written."""

    name: str
    base_path: Path
    version: int | None
    no_freeze: bool
    precision: "Precision"
    tolerance: float | None
    as_json: bool

    def publish(self, models: "Sequence[ModelSource]") -> None:
        """Writes the servable of these models, and says what was written."""
        from aoi_modules.export.servable import write_servable

        written = write_servable(
            models,
            self.name,
            self.base_path,
            version=self.version,
            freeze=not self.no_freeze,
            precision=self.precision,
            tolerance=self.tolerance,
        )
        click.echo(written.manifest.to_json() if self.as_json else _summary(written))


def _summary(written: "Servable") -> str:
    """What was written, for people."""
    heads = [f"    {head.name}: {head.kind}, {_meaning(head)}" for head in written.manifest.heads]
    size = sum(path.stat().st_size for path in written.path.rglob("*") if path.is_file())
    return "\n".join(
        [
            str(written.path),
            "  heads:",
            *heads,
            f"  size: {size / 1e6:.2f} MB with samples and the frozen graph",
            f"  golden: {written.manifest.golden}",
            f"  greatest difference to the golden scores: {written.difference:.2g}",
        ]
    )


def _meaning(head: "Head") -> str:
    if head.kind == "class":
        labels = f"{len(head.labels)} labels"
        if head.threshold is None:
            return f"{labels}, none of them good: it names classes and judges nothing"
        return f"{labels}, threshold {head.threshold:g}, good: {', '.join(head.good)}"
    where = f", map of {head.map.rows} x {head.map.columns}" if head.map else ""
    return f"threshold {head.threshold:g}{where}" if head.threshold is not None else "a measured value"
