"""From the id of an inspection to all that the line's services said about it, by two questions.

The gateway's line names the inspection, its request, and the version that answered. The request is what the model
server's lines name, the version is what the sync's lines name, and those of the server when it loaded it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aoi_modules import logs
from aoi_modules.errors import LogStoreError
from aoi_modules.log_store.victoria import LogStore, Record

MOST = 1000
"""Lines that are asked for; a version that was loaded so often has been there for long."""
OF_VERSIONS = ("brought", "served", "deleted")
"""What a sync says about a version."""
SERVICES = {"server": "model-server", "sync": "model-sync", "first-sync": "model-sync"}
"""Services by the names of their containers in Kubernetes."""


@dataclass(frozen=True)
class Told:
    """A line about an inspection.

    Args:
        time: when it was written, as the store says it: ISO, UTC.
        service: that wrote it.
        level: of the line.
        event: what it says.
        fields: all that the store has of the line, by name.
    """

    time: str
    service: str
    level: str
    event: str
    fields: Record


@dataclass(frozen=True)
class Trail:
    """What was found.

    Args:
        lines: the earliest first.
        queries: that were asked, in LogsQL.
    """

    lines: Sequence[Told]
    queries: Sequence[str]


def follow(store: LogStore, about: str) -> Trail:
    """Finds the lines about an inspection.

    Args:
        store: to ask.
        about: id of an inspection; or of a request, of which a refused picture has nothing else.

    Raises:
        LogStoreError: the store does not answer, or has no line about it.
    """
    if not logs.checked_id(about):
        raise LogStoreError(
            f"expected the id of an inspection or of a request, of letters, digits and . _ : -. Received: {about!r}"
        )
    first = f"inspection:={_quoted(about)} or request_id:={_quoted(about)}"
    found = store.ask(first, MOST)
    if not found:
        raise LogStoreError(
            f"the log store {store.url} has no line about {about}",
            hint="a line is there some two seconds after its inspection, and as long as the store keeps lines",
        )
    second = question_about(found)
    return Trail(_in_order([*found, *store.ask(second, MOST)]), (first, second))


def question_about(found: Sequence[Record]) -> str:
    """The question after requests and versions that lines name."""
    requests = sorted({one["request_id"] for one in found if one.get("request_id")})
    versions = sorted({(one["model"], one["version"]) for one in found if one.get("model") and one.get("version")})
    asked = [f"request_id:in({', '.join(map(_quoted, requests))})"] if requests else []
    for model, version in versions:
        said = ", ".join(map(_quoted, OF_VERSIONS))
        asked.append(f"(_msg:in({said}) model:={_quoted(model)} version:={_quoted(version)})")
        asked.append(f"_msg:={_quoted(f'model {model} version {version}:')}*")
    return " or ".join(asked)


def _in_order(records: Sequence[Record]) -> list[Told]:
    """Each line once, by time."""
    each = {tuple(sorted(one.items())): one for one in records}
    return sorted(map(_told, each.values()), key=lambda one: datetime.fromisoformat(one.time))


def _told(one: Record) -> Told:
    container = one.get("kubernetes.container_name", "")
    service = one.get("service") or SERVICES.get(container, container)
    return Told(one["_time"], service, one.get("level", ""), one.get("_msg", ""), one)


def _quoted(text: str) -> str:
    """A text as LogsQL quotes it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
