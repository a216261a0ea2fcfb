"""The small line as the lesson starts it: two components, three versions, limits by eye, and pictures to send."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import requests
import yaml

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc.client import GrpcClient
from aoi_modules.client.rollout.metrics_page import PATH
from aoi_modules.datasets import fashion_mnist, magnetic_tile
from aoi_modules.modelstore.manifest import DataOrigin
from aoi_modules.study.watching import questions
from aoi_modules.study.watching.faults import VERSION
from aoi_modules.study.watching.prometheus import Prometheus
from aoi_modules.study.watching.shift import TIMEOUT_SECONDS, run_shift
from aoi_modules.study.watching.small_line import SmallLine
from aoi_modules.study.watching.watch import Watch

COMPONENTS = ("tile", "shirt")
COUNT = 24
"""Pictures of each component; cameras send them again and again."""
REVIEW_FROM, FAIL_FROM = 0.6, 0.8
"""Shares of the scores: what lies between them is doubtful. By eye, so that each size of the work has all verdicts."""
SLOWER = (1, 2, 4)
"""How much longer each try of a shift takes than was wished for."""
SCRAPES = {"gateway": "/metrics", "model-server": PATH}
"""Where the services have their metrics."""


@contextmanager
def opened(models: Path, folder: Path) -> Iterator[tuple[SmallLine, Mapping[str, Sequence[bytes]]]]:
    """Starts the line for as long as the block takes.

    Args:
        models: that lesson 7 left: `tile` with two versions, `fashion`.
        folder: of the line.

    Returns:
        The line, and its cameras' pictures, encoded, by component.
    """
    line, pictures, _ = start(models, folder)
    with line:
        yield line, pictures


def start(models: Path, folder: Path) -> tuple[SmallLine, Mapping[str, Sequence[bytes]], Sequence[DataOrigin]]:
    """As `opened`, for a notebook, which closes the line itself; with the origins of the pictures."""
    pictures, origins = shots()
    line = SmallLine(folder, [models / "tile" / "1", models / "tile" / "2", models / "fashion" / "1"], routes())
    line.components["tile"]["heads"] = {"defect": by_eye(line, pictures["tile"])}
    line.change({})
    for tile in pictures["tile"]:  # so that every verdict has been seen before anybody counts
        requests.post(f"{line.url}/v1/inspect/tile", data=tile, timeout=TIMEOUT_SECONDS).raise_for_status()
    return line, pictures, origins


def watched(
    line: SmallLine,
    pictures: Mapping[str, Sequence[bytes]],
    prometheus: Prometheus,
    faults: Sequence[str],
    *,
    seconds: float,
    window: float,
) -> Watch:
    """Runs a shift that Prometheus watches; again, and slower, where the machine was too busy to be watched.

    Args:
        line: of the shift.
        pictures: encoded, by component.
        prometheus: scrapes the line.
        faults: in the order in which they come.
        seconds: of each stretch.
        window: of questions, in seconds.
    """
    for slower in SLOWER:
        shift = run_shift(line, pictures, faults, slower * seconds)
        watch = Watch(prometheus, shift, f"{slower * window:g}s", "Prometheus about this very line")
        if complete(watch):
            break
    return watch


def complete(watch: Watch) -> bool:
    """Whether there is an answer to all that the lesson asks of a shift."""
    asked = [*questions.panels(watch.window).values(), questions.share("REVIEW", watch.window)]
    if not all(watch.ask(query, moment) for query in asked for moment in watch.shift.moments):
        return False
    (letter,) = [letter for letter, fault in watch.shift.faults.items() if fault == VERSION]
    newer = [one for one in watch.ask(questions.versions(watch.window), letter) if one.labels["version"] == "2"]
    return any(one.value > 0 for one in newer)


def shots() -> tuple[Mapping[str, Sequence[bytes]], Sequence[DataOrigin]]:
    """Pictures that no model learnt from, encoded, by component; and where they are from."""
    tiles = magnetic_tile.load(train=100, test=COUNT)
    clothes = fashion_mnist.load(train=100, test=COUNT)
    by_component = {"tile": tiles.test, "shirt": clothes.test}
    encoded = {name: [table.encoded(row) for row in range(COUNT)] for name, table in by_component.items()}
    return encoded, (tiles.origin, clothes.origin)


def routes() -> dict[str, dict[str, Any]]:
    """Routes of both components, without an address."""
    shirt = {"category": {"good": ["Shirt"], "threshold": 0.5}}
    return {
        "tile": {"model": "tile", "version": 1, "timeout_ms": 20_000},
        "shirt": {"model": "fashion", "version": 1, "timeout_ms": 20_000, "heads": shirt},
    }


def by_eye(line: SmallLine, tiles: Sequence[bytes]) -> dict[str, Any]:
    """Limits that let some tiles pass, some fail, and leave some in doubt."""
    with GrpcClient(Endpoint(line.grpc, "tile", version=1)) as client:
        scores = client.predict_pictures(list(tiles)).scores["defect"][:, 0]
    low, high = (round(float(np.quantile(scores, share)), 4) for share in (REVIEW_FROM, FAIL_FROM))
    return {"threshold": high, "review_band": [low, high]}


def config(targets: Mapping[str, Sequence[str]]) -> str:
    """Prometheus' configuration: whom to ask, each second.

    Args:
        targets: `HOST:PORT` by job.
    """
    jobs = [
        {
            "job_name": job,
            "metrics_path": SCRAPES.get(job, "/metrics"),
            "static_configs": [{"targets": list(addresses)}],
        }
        for job, addresses in targets.items()
    ]
    return yaml.safe_dump({"global": {"scrape_interval": "1s"}, "scrape_configs": jobs}, sort_keys=False)
