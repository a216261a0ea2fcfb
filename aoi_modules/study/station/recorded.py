"""Waits until what was inspected is in the gateway's database, and reads it."""

import time
from collections.abc import Mapping
from typing import Any

import requests

from aoi_modules.errors import CourseError

SECONDS = 30.0
MOST = 1000
"""Records of one page."""


def wait_for_records(
    url: str, query: Mapping[str, str], count: int, *, seconds: float = SECONDS
) -> list[dict[str, Any]]:
    """Reads records, newest first, once so many are there: they are stored behind the answer.

    Args:
        url: of the gateway.
        query: filters of `GET /v1/inspections`.
        count: of the records, at most MOST.
        seconds: how long it may take.

    Raises:
        CourseError: fewer came in time, or the gateway refuses the question.
    """
    until = time.monotonic() + seconds
    while True:
        answer = requests.get(f"{url}/v1/inspections", params={**query, "limit": str(MOST)}, timeout=10)
        if answer.status_code != 200:
            raise CourseError(f"the gateway answered {answer.status_code}: {answer.json()['detail']}")
        records: list[dict[str, Any]] = answer.json()["records"]
        if len(records) >= count:
            return records
        if time.monotonic() > until:
            raise CourseError(f"expected {count} records within {seconds:g} s. Received: {len(records)}")
        time.sleep(0.05)
