"""What a comparison found about versions 3 and 4, from pairs that tests choose."""

from typing import Any

import msgspec

from aoi_modules.judging.inspection import ModelVersion
from aoi_modules.results.evidence.comparing import Found
from aoi_modules.results.evidence.decision import Margins, Pairs, decide
from aoi_modules.verdict import Verdict


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
