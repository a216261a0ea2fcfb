"""A small line of tiny servables, and lines of its services' logs as they write them."""

from pathlib import Path
from typing import Any

from aoi_modules.study.watching.log_files import Line

ROUTES: dict[str, dict[str, Any]] = {
    "tile": {"model": "tile", "version": 1, "heads": {"defect": {"threshold": 0.99}}},
    "shirt": {"model": "lamp", "version": 1},
}


def write_models(folder: Path) -> list[Path]:
    """Folders of versions: `tile` 1 and 2, `lamp` 1."""
    from tests.client.servables import write_lamp, write_tile

    tile = write_tile(folder)
    write_tile(folder)
    return [tile / "1", tile / "2", write_lamp(folder) / "1"]


def logged() -> list[Line]:
    """Two inspections by two versions, one refused picture, and what the sync said."""
    gateway = {"service": "gateway", "level": "info", "component": "tile", "event": "inspected", "model": "tile"}
    sync = {"service": "model-sync", "level": "info", "model": "tile"}
    return [
        {**sync, "event": "brought", "version": 1, "timestamp": "2026-12-01T10:00:00.000001Z"},
        {**sync, "event": "brought", "version": 2, "timestamp": "2026-12-01T10:00:00.000002Z"},
        {**sync, "event": "served", "version": 2, "timestamp": "2026-12-01T10:00:00.000009Z"},
        {**gateway, "version": 1, "verdict": "PASS", "inspection": "a1", "request_id": "tile-0001",
         "timestamp": "2026-12-01T10:00:05Z"},
        {**gateway, "version": 2, "verdict": "FAIL", "inspection": "a2", "request_id": "tile-0002",
         "timestamp": "2026-12-01T10:00:06Z"},
        {"service": "model-server", "level": "warning", "event": "slow", "request_id": "tile-0002",
         "timestamp": "2026-12-01T10:00:05.9Z"},
        {**gateway, "level": "warning", "event": "refused", "request_id": "tile-0003", "status": 503,
         "timestamp": "2026-12-01T10:00:07Z"},
    ]  # fmt: skip
