"""Draws the parts of a `docker run` line beside the fields of Kubernetes objects that replace them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from aoi_modules.cluster.container import Container
from aoi_modules.plots import Plot

Object = dict[str, Any]
Pair = tuple[str, str, str]
"""A part of the line, the kind of object that replaces it, and the fields there."""
COLOURS = {"Service": "#bfdbf2", "Deployment": "#c9e7cf", "PersistentVolumeClaim": "#fbd9a5", "": "#f4f4f5"}
INK = "#374151"


def side_by_side(line: str, objects: Sequence[Object]) -> Plot:
    """Draws a row for each part of a line.

    Args:
        line: `docker run` with -p, -v, --name, -d and --restart.
        objects: a Deployment, a Service and a claim that do the same.

    Raises:
        SettingsError: the line is no `docker run` command.
    """
    pairs = list(_pairs(Container.of_docker(line), {one["kind"]: one for one in objects}))
    plot = Plot(figsize=(12, 0.85 * len(pairs) + 0.9), layout="constrained")
    axes = plot.subplots()
    axes.set(xlim=(0, 12), ylim=(-len(pairs), 0.6))
    axes.axis("off")
    axes.text(0.1, 0.3, "docker run", fontsize=12, family="monospace", fontweight="bold", color=INK)
    axes.text(5.6, 0.3, "what says it in Kubernetes", fontsize=12, fontweight="bold", color=INK)
    for place, (part, kind, field) in enumerate(pairs):
        _row(axes, -place, part, kind, field)
    return plot


def _row(axes: Axes, top: float, part: str, kind: str, field: str) -> None:
    _box(axes, (0.1, top - 0.8, 4.5, 0.68), "#f4f4f5")
    axes.text(0.25, top - 0.46, part, fontsize=9.5, family="monospace", va="center", color=INK)
    arrow = {"arrowstyle": "-|>", "color": INK}
    axes.annotate("", xy=(5.5, top - 0.46), xytext=(4.65, top - 0.46), arrowprops=arrow)
    _box(axes, (5.6, top - 0.8, 6.3, 0.68), COLOURS[kind])
    axes.text(5.75, top - 0.46, kind or "the cluster", fontsize=9.5, fontweight="bold", va="center", color=INK)
    axes.text(7.75, top - 0.46, field, fontsize=9, family="monospace", va="center", color=INK)


def _box(axes: Axes, place: tuple[float, float, float, float], colour: str) -> None:
    left, low, width, height = place
    style = "round,pad=0,rounding_size=0.08"
    axes.add_patch(FancyBboxPatch((left, low), width, height, boxstyle=style, facecolor=colour, edgecolor=INK))


def _pairs(line: Container, named: Mapping[str, Object]) -> Iterator[Pair]:
    deployment, service, claim = (named[one] for one in ("Deployment", "Service", "PersistentVolumeClaim"))
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    yield line.image, "Deployment", "image"
    for inside, outside in line.published.items():
        ports = service["spec"]["ports"][0]
        yield f"-p {outside}:{inside}", "Service", f"port: {ports['port']}\ntargetPort: {ports['targetPort']}"
    for mount in line.mounts:
        yield (
            f"-v ...:{mount.target}",
            "Deployment",
            f"volumeMounts:\nmountPath: {container['volumeMounts'][0]['mountPath']}",
        )
        size = claim["spec"]["resources"]["requests"]["storage"]
        yield f"-v {mount.source}:...", "PersistentVolumeClaim", f"name: {claim['metadata']['name']}\nstorage: {size}"
    yield f"--name {line.options.get('--name')}", "Deployment", f"metadata:\nname: {deployment['metadata']['name']}"
    limits = container["resources"]["limits"]["memory"]
    requests = container["resources"]["requests"]["memory"]
    yield (
        f"--memory {line.options.get('--memory')}",
        "Deployment",
        f"limits: memory: {limits}\nrequests: memory: {requests}",
    )
    yield "--gpus all", "Deployment", "limits:\nnvidia.com/gpu: 1"
    yield "-d --restart=always", "Deployment", f"replicas: {deployment['spec'].get('replicas', 1)}\n(it always does)"
    yield "the server on which you type it", "", "the scheduler finds a node"
