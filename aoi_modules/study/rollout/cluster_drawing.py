"""Draws what a Kubernetes file asks for: which object leads to which, with the names and ports of the file itself."""

from collections.abc import Iterator, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from aoi_modules.plots import Plot

Object = dict[str, Any]
Place = tuple[float, float, float, float]
"""Left, lower edge, width and height of a box."""
COLOURS = {"Service": "#bfdbf2", "Deployment": "#f4f4f5", "pod": "#c9e7cf", "files": "#fbd9a5", "clients": "#ffffff"}
LINE = "#4b5563"
POD = (5.1, 2.5)
"""Left edge and width of a pod."""


def cluster(objects: Sequence[Object], *, namespace: str, title: str) -> Plot:
    """Draws clients, Service, pods of the Deployment, and what is mounted into them.

    Args:
        objects: of the file, among them one Deployment with one container and one Service.
        namespace: in which they are put.
        title: of the drawing.
    """
    pods, service = (_one(objects, kind) for kind in ("Deployment", "Service"))
    count = pods["spec"]["replicas"]
    height = max(3.4, 1.35 * count + 0.9)
    plot = Plot(figsize=(11, 1.0 + height), layout="constrained")
    axes = plot.subplots()
    axes.set(xlim=(-0.1, 11.6), ylim=(-0.2, height + 0.6))
    axes.axis("off")
    _frame(axes, (1.75, 0, 9.75, height + 0.5), f"Namespace {namespace}", "#ffffff")
    _frame(axes, (4.8, 0.15, 3.1, height - 0.1), f"Deployment {_name(pods)}: {count} pods", COLOURS["Deployment"])
    middle = height / 2
    _box(axes, (0, middle - 0.5, 1.3, 1.0), "clients", COLOURS["clients"])
    selector = ", ".join(f"{key}={value}" for key, value in service["spec"]["selector"].items())
    ports = "\n".join(f"port {one['port']}: {one.get('name', '')}" for one in service["spec"]["ports"])
    _box(axes, (2.0, middle - 0.75, 1.9, 1.5), f"Service\n{_name(service)}\n{ports}", COLOURS["Service"])
    _arrow(axes, (1.3, middle), (2.0, middle))
    mounted = list(_mounted(pods))
    for place in range(count):
        low = 0.35 + (height - 0.75) * place / count
        tall = (height - 0.75) / count - 0.2
        _box(axes, (POD[0], low, POD[1], tall), _pod_text(pods), COLOURS["pod"])
        _arrow(axes, (3.9, middle), (POD[0], low + tall / 2))
        for at, _ in enumerate(mounted):
            _arrow(axes, (8.9, _height(at, len(mounted), height)), (POD[0] + POD[1], low + tall / 2))
    for at, text in enumerate(mounted):
        _box(axes, (8.9, _height(at, len(mounted), height) - 0.5, 2.4, 1.0), text, COLOURS["files"])
    axes.text(3.35, 0.25, f"its selector finds pods with the label\n{selector}", fontsize=8, ha="center", color=LINE)
    axes.set_title(title)
    return plot


def _one(objects: Sequence[Object], kind: str) -> Object:
    return next(one for one in objects if one["kind"] == kind)


def _name(one: Object) -> str:
    return str(one["metadata"]["name"])


def _pod_text(pods: Object) -> str:
    (container,) = pods["spec"]["template"]["spec"]["containers"]
    ports = ", ".join(str(port["containerPort"]) for port in container["ports"])
    return f"pod\n{container['image']}\nports {ports}"


def _mounted(pods: Object) -> Iterator[str]:
    """What is mounted into each pod from elsewhere, with the place where the container sees it."""
    pod = pods["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    places = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    for volume in pod["volumes"]:
        where = f"seen at {places[volume['name']]}"
        if "configMap" in volume:
            yield f"ConfigMap\n{volume['configMap']['name']}\n{where}"
        if "persistentVolumeClaim" in volume:
            yield f"PersistentVolumeClaim\n{volume['persistentVolumeClaim']['claimName']}\n{where}"


def _height(place: int, count: int, height: float) -> float:
    """The middle of one of several boxes above each other."""
    return height * (place + 0.5) / count


def _frame(axes: Axes, place: Place, text: str, colour: str) -> None:
    left, low, width, height = place
    axes.add_patch(FancyBboxPatch((left, low), width, height, boxstyle=_STYLE, facecolor=colour, edgecolor=LINE))
    axes.text(left + 0.1, low + height - 0.08, text, ha="left", va="top", fontsize=9, fontweight="bold")


def _box(axes: Axes, place: Place, text: str, colour: str) -> None:
    left, low, width, height = place
    axes.add_patch(FancyBboxPatch((left, low), width, height, boxstyle=_STYLE, facecolor=colour, edgecolor=LINE))
    axes.text(left + width / 2, low + height / 2, text, ha="center", va="center", fontsize=8)


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    axes.annotate("", xy=end, xytext=start, arrowprops={"arrowstyle": "-|>", "color": LINE, "shrinkA": 0, "shrinkB": 0})


_STYLE = "round,pad=0,rounding_size=0.08"
