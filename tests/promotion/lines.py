"""Judged parts, versions and what a comparison found, for tests of the rules."""

from typing import Any

import msgspec

from aoi_modules.judging.inspection import ModelVersion
from aoi_modules.modelstore.learnt_units import LearntUnits
from aoi_modules.results.evidence.comparing import Contender, Found
from aoi_modules.results.evidence.decision import Margins, Pairs, decide
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


def found(*pairs: Pairs, **changes: Any) -> Found:
    """What was found about versions 3 and 4, by pictures that both saw."""
    margins = Margins(escape=0.05, overkill=0.05)
    decided = decide(pairs, margins)
    return msgspec.structs.replace(
        Found(
            component="tile",
            incumbent=ModelVersion(name="tile", version=3),
            candidate=ModelVersion(name="tile", version=4),
            way="same pictures",
            outcome=decided.outcome,
            escape=decided.escape,
            overkill=decided.overkill,
            pairs=decided.pairs,
            judged=decided.judged,
            agreement=decided.agreement,
            wanted=decided.wanted,
            left_out=0,
            margins=margins,
            notes=(),
        ),
        **changes,
    )


def caught(incumbent: Verdict, candidate: Verdict, parts: int) -> Pairs:
    """Defective parts, all of them judged."""
    return Pairs(incumbent=incumbent, candidate=candidate, chance=1.0, parts=parts, sampled_defective=parts)
