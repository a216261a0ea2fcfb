"""What an overlay asks for, as a picture: Services, the pods that they find, containers, ports and volumes.

SVG of our own, so that nothing has to be installed; every name in it is that of the objects.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from aoi_modules.cluster.policies.pods import Described, Object, found_by, namespace_of, of_kind, pods

LINE, GAP, PAD = 15, 14, 10
"""Height of a line of text, and distances between boxes and inside them, in pixels."""
WIDTHS = (250, 420, 300)
"""Of Services, pods and volumes."""
ARROW = 110
"""Between the columns; the selector stands on it."""
COLOURS = {"service": "#bfdbf2", "pod": "#c9e7cf", "volume": "#fbd9a5", "room": "#f4f4f5"}
INK = "#1f2937"


@dataclass(frozen=True)
class Row:
    """One kind of pod, and what belongs to it.

    Args:
        pod: as its owner describes it.
        services: that find it.
        volumes: a line of text for each.
    """

    pod: Described
    services: Sequence[Object]
    volumes: Sequence[str]


def picture(objects: Sequence[Object], title: str) -> str:
    """Draws objects as SVG: a frame for each namespace, in it a row for each kind of pod.

    Args:
        objects: as they are rendered.
        title: above the picture.
    """
    rows = [_row(pod, objects) for pod in pods(objects)]
    parts, top = [], 40
    for room in dict.fromkeys(row.pod.namespace for row in rows):
        drawn, height = _room(room, [row for row in rows if row.pod.namespace == room], top)
        parts += drawn
        top += height + GAP
    width = sum(WIDTHS) + 2 * ARROW + 4 * PAD
    return "\n".join([_head(width, top, title), *parts, "</svg>"]) + "\n"


def _row(pod: Described, objects: Sequence[Object]) -> Row:
    services = [
        one
        for one in of_kind(objects, "Service")
        if namespace_of(one) == pod.namespace
        and one["spec"].get("selector")
        and found_by({"matchLabels": one["spec"]["selector"]}, pod.labels)
    ]
    return Row(pod, services, list(_volumes(pod)))


def _volumes(pod: Described) -> Iterator[str]:
    """Each volume with where it comes from, and where containers see it."""
    seen: dict[str, list[str]] = {}
    for container in pod.all_containers:
        for mount in container.get("volumeMounts", []):
            if mount["mountPath"] not in seen.setdefault(mount["name"], []):
                seen[mount["name"]].append(mount["mountPath"])
    claims = pod.owner.get("spec", {}).get("volumeClaimTemplates", [])
    for claim in claims:
        size = claim["spec"]["resources"]["requests"]["storage"]
        yield f"claim {claim['metadata']['name']}, {size} a pod: {_places(seen, claim['metadata']['name'])}"
    for volume in pod.spec.get("volumes", []):
        yield f"{_source(volume)}: {_places(seen, volume['name'])}"


def _source(volume: Mapping[str, Any]) -> str:
    if "configMap" in volume:
        return f"ConfigMap {volume['configMap']['name']}"
    if "secret" in volume:
        return f"Secret {volume['secret']['secretName']}"
    if "persistentVolumeClaim" in volume:
        return f"claim {volume['persistentVolumeClaim']['claimName']}"
    return f"empty folder {volume['name']}"


def _places(seen: Mapping[str, Sequence[str]], name: str) -> str:
    return ", ".join(seen.get(name, ["not mounted"]))


def _room(name: str, rows: Sequence[Row], top: int) -> tuple[list[str], int]:
    """The frame of a namespace with its rows, and its height."""
    parts: list[str] = []
    at = top + LINE + 2 * PAD
    for row in rows:
        drawn, height = _drawn(row, at)
        parts += drawn
        at += height + GAP
    width = sum(WIDTHS) + 2 * ARROW + 2 * PAD
    frame = _box(PAD, top, width, at - top, COLOURS["room"], [f"Namespace {name}"], bold=True)
    return [*frame, *parts], at - top


def _drawn(row: Row, top: int) -> tuple[list[str], int]:
    left = [2 * PAD, 2 * PAD + WIDTHS[0] + ARROW, 2 * PAD + WIDTHS[0] + WIDTHS[1] + 2 * ARROW]
    pod_text, services = list(_pod_text(row.pod)), [list(_service_text(one)) for one in row.services]
    heights = [_height(text) for text in services]
    tall = max(_height(pod_text), sum(heights) + GAP * max(len(heights) - 1, 0), _height(row.volumes))
    parts = _box(left[1], top, WIDTHS[1], tall, COLOURS["pod"], pod_text, bold=True)
    at = top
    for one, text, height in zip(row.services, services, heights, strict=True):
        parts += _box(left[0], at, WIDTHS[0], height, COLOURS["service"], text, bold=True)
        selector = [f"{key.rpartition('/')[2]}={value}" for key, value in one["spec"]["selector"].items()]
        parts += _arrow(left[0] + WIDTHS[0], at + height // 2, left[1], selector)
        at += height + GAP
    if row.volumes:
        parts += _box(left[2], top, WIDTHS[2], tall, COLOURS["volume"], row.volumes)
        parts += _arrow(left[2], top + tall // 2, left[1] + WIDTHS[1], ["mounted"])
    return parts, tall


def _pod_text(pod: Described) -> Iterator[str]:
    many = f", {pod.replicas} pods" if pod.lasting else ""
    yield f"{pod.name}{many}"
    beside = pod.spec.get("initContainers", [])
    for container in pod.all_containers:
        first = container in beside and container.get("restartPolicy") != "Always"
        yield f"{container['name']}{' (first)' if first else ''}: {container.get('image')}"
        ports = [f"{one.get('name', '')} {one['containerPort']}".strip() for one in container.get("ports", [])]
        if ports:
            yield f"   ports {', '.join(ports)}"


def _service_text(one: Object) -> Iterator[str]:
    yield f"Service {one['metadata']['name']}"
    yield "no address of its own" if one["spec"].get("clusterIP") == "None" else one["spec"].get("type", "ClusterIP")
    for port in one["spec"].get("ports", []):
        yield f"port {port['port']} -> {port.get('targetPort', port['port'])}"


def _height(lines: Sequence[str]) -> int:
    return LINE * max(len(lines), 1) + 2 * PAD


def _head(width: int, height: int, title: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' role="img" font-family="sans-serif" font-size="11"><title>{escape(title)}</title>'
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>'
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        f'<path d="M0 0L8 4L0 8z" fill="{INK}"/></marker></defs>'
        f'<text x="{PAD}" y="24" font-size="16" font-weight="bold" fill="{INK}">{escape(title)}</text>'
    )


def _box(
    left: int, top: int, width: int, height: int, colour: str, lines: Sequence[str], *, bold: bool = False
) -> list[str]:
    """A box with lines of text, the first one bold; a text that is too long is pressed together to fit."""
    parts = [f'<rect x="{left}" y="{top}" width="{width}" height="{height}" rx="6" fill="{colour}" stroke="{INK}"/>']
    for number, line in enumerate(lines):
        weight = ' font-weight="bold"' if bold and number == 0 else ""
        room = width - 2 * PAD
        fit = f' textLength="{room}" lengthAdjust="spacingAndGlyphs"' if len(line) * 6 > room else ""
        y = top + PAD + LINE * number + 10
        parts.append(f'<text x="{left + PAD}" y="{y}" fill="{INK}"{weight}{fit}>{escape(line)}</text>')
    return parts


def _arrow(start: int, height: int, end: int, words: Sequence[str]) -> list[str]:
    parts = [f'<path d="M{start} {height}H{end}" stroke="{INK}" fill="none" marker-end="url(#tip)"/>']
    middle = (start + end) // 2
    for number, word in enumerate(words):
        y = height - 4 if number == 0 else height + LINE * number
        fit = f' textLength="{ARROW - 14}" lengthAdjust="spacingAndGlyphs"' if len(word) * 6 > ARROW - 14 else ""
        parts.append(
            f'<text x="{middle}" y="{y}" text-anchor="middle" fill="{INK}" font-size="10"{fit}>{escape(word)}</text>'
        )
    return parts
