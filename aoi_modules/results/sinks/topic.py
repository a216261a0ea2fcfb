"""The MQTT topic of a message, by a template such as `aoi/{gateway}/{component}`. Pure."""

import re
from typing import Any

import msgspec

FIELDS = ("gateway", "kind", "component", "product", "unit", "lot", "station", "verdict")
_FIELD = re.compile(r"\{(\w+)\}")
_NO_LEVEL = re.compile(r"[/+#$\x00-\x1f\x7f]")
_MOST = 200
"""Characters of a field."""


class _Details(msgspec.Struct, rename="pascal"):
    kind: str
    component: str | None = None
    product: str | None = None
    unit: str | None = None
    lot: str | None = None
    station: str | None = None
    verdict: str | None = None


class _Body(msgspec.Struct, rename="pascal"):
    aoi: _Details


class _Message(msgspec.Struct, rename="pascal"):
    source: str
    message_body: _Body


def topic_of(template: str, message: str) -> str:
    """Writes the topic of a message.

    What may not stand in one level of a topic becomes `_`, and what the message does not say `-`. The `component` of a
    unit's message is `unit`.

    Args:
        template: with fields in braces, see `FIELDS`.
        message: as `messages` writes it.
    """
    read = msgspec.json.decode(message, type=_Message)
    fields: dict[str, Any] = {"gateway": read.source, **msgspec.structs.asdict(read.message_body.aoi)}
    if fields["component"] is None:
        fields["component"] = fields["kind"]
    return _FIELD.sub(lambda found: _level(fields[found[1]]), template)


def check_template(template: str) -> None:
    """Refuses what is no template of topics.

    Raises:
        ValueError: it has wildcards, other fields, or belongs to the broker.
    """
    rest = _FIELD.sub("", template)
    unknown = sorted(set(_FIELD.findall(template)) - set(FIELDS))
    if unknown or "{" in rest or "}" in rest:
        raise ValueError(f"topic: expected fields of {', '.join(FIELDS)}. Received: {template!r}")
    if re.search(r"[+#\x00-\x1f]", template) or template.startswith("$"):
        raise ValueError(f"topic: expected no `+`, no `#` and no `$` at its start. Received: {template!r}")


def _level(value: object) -> str:
    return _NO_LEVEL.sub("_", str(value))[:_MOST] if value else "-"
