"""Judged parts and versions, for tests of the rules."""

from typing import Any

from aoi_modules.judging.inspection import ModelVersion
from aoi_modules.modelstore.learnt_units import LearntUnits
from aoi_modules.results.evidence.comparing import Contender
from aoi_modules.results.evidence.judged_pictures import JudgedPicture
from aoi_modules.verdict import Verdict
from tests.results.records import record

KEY = "0123456789abcdef"
"""Name of the line's key."""


def group(number: int) -> str:
    """What stands for a unit."""
    return f"{number:016x}"


def judged(number: int, version: int = 3, **changes: Any) -> JudgedPicture:
    """A judged part of the unit of that number, about which a version answered."""
    fields = {
        "shown": record(number),
        "answered": ModelVersion(name="tile", version=version),
        "verdict": Verdict.PASS,
        "chance": 0.5,
        "sampled": True,
        "good": True,
        "group": group(number),
    }
    return JudgedPicture(**{**fields, **changes})


def contender(version: int, *learnt: int, key: str | None = KEY) -> Contender:
    """A version, and the numbers of the units that it learnt from; with no key it does not tell."""
    units = None if key is None else LearntUnits.of(key, learnt=map(group, learnt), held_out=())
    return Contender(model=ModelVersion(name="tile", version=version), units=units)
