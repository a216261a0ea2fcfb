"""What is in a servable, and what differs between two, as tables for a terminal."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from aoi_modules.export.inspect.anatomy import Anatomy
from aoi_modules.export.inspect.comparison import Line
from aoi_modules.export.inspect.contents import Contents, Signature
from aoi_modules.export.inspect.graph_drawing import summary
from aoi_modules.export.inspect.quantities import counted, percent, short, size
from aoi_modules.modelstore import layout
from aoi_modules.modelstore.manifest import Head, Manifest, Source

MOST = 10
"""Operations that are named; the rest is summed up."""


def print_contents(console: Console, servable: Contents) -> None:
    """All that is known of a servable, part by part."""
    console.print(Text.assemble((servable.title, "bold"), "  ", (servable.path, "dim")), soft_wrap=True)
    _section(console, "", _facts(servable))
    if servable.manifest is not None:
        _print_heads(console, servable.manifest)
    _section(console, "Signatures", ((one.name, _way(one)) for one in servable.signatures))
    if servable.anatomy is not None:
        _print_anatomy(console, servable.anatomy)
    _section(console, "Operations", _operations(servable))
    _section(console, "Files", ((name, size(count)) for name, count in servable.files.items()))
    _section(console, "Missing", servable.missing.items())


def print_difference(console: Console, left: Contents, right: Contents, lines: Sequence[Line]) -> None:
    """One row a difference."""
    table = _table("", left.path, right.path)
    for line in lines:
        table.add_row(Text(line.field), Text(line.left), Text(line.right))
    console.print(table)
    console.print(counted(len(lines), "difference") if lines else "no difference", highlight=False)


def _facts(servable: Contents) -> Iterable[tuple[str, str]]:
    manifest, anatomy, weights = servable.manifest, servable.anatomy, servable.weights
    if anatomy is not None:
        yield "heads", summary(anatomy)
    if manifest is not None:
        picture = manifest.picture
        yield "picture", f"{picture.height} x {picture.width} x {picture.channels}"
        if manifest.features:
            yield "features", ", ".join(manifest.features)
        yield "precision", manifest.precision
        yield "golden", manifest.golden
        if (reference := manifest.reference) is not None:
            light, focus = reference.brightness, reference.sharpness
            yield (
                "learnt from",
                f"{counted(reference.pictures, 'picture')}: brightness {light.mean:.2f} +/- {light.deviation:.2f}, "
                f"sharpness {focus.mean:.1f} +/- {focus.deviation:.1f} dB",
            )
    yield (
        "weights",
        f"as {weights.stored}: {short(weights.constant_numbers)} numbers in {counted(weights.constants, 'constant')}, "
        f"{short(weights.variable_numbers)} in {counted(weights.variables, 'variable')}",
    )
    yield "size", size(servable.size)
    yield "checksums", servable.checksums
    if manifest is not None and manifest.tools:
        yield "tools", ", ".join(f"{name} {version}" for name, version in manifest.tools.items())


def _print_heads(console: Console, manifest: Manifest) -> None:
    table = _table("Head", "Kind", "Labels", "Threshold", "Review", "Map", "Metrics", "Source", "Data")
    for head in manifest.heads:
        source = _source(manifest, head)
        cells = (
            head.kind,
            ", ".join(head.labels) + (f"; good: {', '.join(head.good)}" if head.good else ""),
            "" if head.threshold is None else f"{head.threshold:.3g}",
            "" if head.review_band is None else f"{head.review_band[0]:.3g} to {head.review_band[1]:.3g}",
            "" if head.map is None else f"{head.map.rows} x {head.map.columns}",
            ", ".join(f"{name} {value:.3g}" for name, value in head.metrics.items()),
            "" if source is None else f"{source.file} {source.sha256[:8]}".strip(),
            "" if source is None or source.data is None else _data(source),
        )
        table.add_row(Text(head.name, style="bold"), *map(Text, cells))
    console.print()
    console.print(table)


def _source(manifest: Manifest, head: Head) -> Source | None:
    """The model that a head came from."""
    return next((source for source in manifest.sources if head.name in source.heads), None)


def _data(source: Source) -> str:
    if source.data is None:
        return ""
    return f"{source.data.name} (stand-in)" if source.data.stand_in else source.data.name


def _way(signature: Signature) -> str:
    return f"{', '.join(map(str, signature.inputs))} -> {', '.join(map(str, signature.outputs))}".strip()


def _print_anatomy(console: Console, anatomy: Anatomy) -> None:
    """One row a part of the graph, then what the heads share."""
    table = _table("Part", "Heads", "Operations", "Convolutions", "Weights", "Multiply-adds")
    for column in table.columns[1:]:
        column.justify = "right"
    for block in anatomy.blocks:
        numbers = (len(block.heads), block.operations, block.convolutions, block.weights, block.multiply_adds)
        table.add_row(Text(block.name), *map(short, numbers))
    console.print()
    console.print(table)
    shared = (
        f"shared: {percent(anatomy.shared_weights_percent)} of the weights, {percent(anatomy.shared_work_percent)} of "
        f"the multiply-adds; models of their own would take {anatomy.times_apart:.2f} times the multiply-adds"
    )
    console.print(shared if len(anatomy.heads) > 1 else "one head shares nothing", highlight=False, soft_wrap=True)
    if anatomy.uncounted:
        console.print(f"not counted: {', '.join(anatomy.uncounted)}", highlight=False, markup=False, soft_wrap=True)


def _operations(servable: Contents) -> Iterable[tuple[str, str]]:
    graphs = {
        layout.SAVED_MODEL: servable.operations,
        Path(layout.PIXELS_FILE).name: servable.frozen_operations,
    }
    for name, counts in graphs.items():
        if counts:
            most = [f"{operation} {count}" for operation, count in list(counts.items())[:MOST]]
            rest = sum(list(counts.values())[MOST:])
            yield name, f"{sum(counts.values())}: {', '.join(most)}{f', others {rest}' if rest else ''}"


def _section(console: Console, title: str, rows: Iterable[tuple[str, str]]) -> None:
    table = _table(title, "")
    for name, text in rows:
        table.add_row(Text(name), Text(text))
    if table.rows:
        table.show_header = bool(title)
        console.print()
        console.print(table)


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in columns:
        table.add_column(Text(name), overflow="fold")
    return table
