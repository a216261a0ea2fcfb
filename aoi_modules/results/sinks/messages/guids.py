"""Ids as CFX writes them: 32 hexadecimal digits with hyphens. Pure."""

import uuid

UNITS = uuid.UUID("0e0f6a52-2f43-5d0e-9d3b-5a6d5f6f1f11")
"""Among which the id of a unit is made of its name (RFC 9562, version 5)."""


def guid(row_id: str) -> str:
    """The id of a row, as CFX writes it."""
    return str(uuid.UUID(hex=row_id))


def transaction(unit: str | None, row_id: str) -> str:
    """What all messages about one unit have in common; without a unit, a message stands for itself."""
    return guid(row_id) if unit is None else str(uuid.uuid5(UNITS, unit))
