"""Which judged parts neither version learnt from. Pure."""

from collections.abc import Collection, Sequence

from aoi_modules.promotion.findings import Finding, unknown
from aoi_modules.results.evidence.comparing import Contender
from aoi_modules.results.evidence.judged_pictures import JudgedPicture

RULE = "origin"
_BOUND = "learnt from no unit that is held out"


def unseen_by_both(parts: Sequence[JudgedPicture], versions: Sequence[Contender], key: str) -> list[JudgedPicture]:
    """Gives the parts that no version learnt from.

    A version that says from which units of the line it learnt knows all others for the first time. One that does not
    say it, as it was trained elsewhere, cannot have learnt from a picture that came while it answered itself.

    Args:
        parts: judged ones.
        versions: that are compared.
        key: name of the line's key, see `modelstore.learnt_units`.
    """
    return [part for part in parts if all(_is_new_to(one, part, key) for one in versions)]


def tells(version: Contender, key: str) -> bool:
    """Whether a version says from which units of this line it learnt."""
    return version.units is not None and version.units.key == key


def origin(versions: Sequence[Contender], key: str, held_out: Collection[str]) -> Finding:
    """Whether what was learnt from, and what tests, were kept apart.

    Args:
        versions: the version in service and the candidate, which comes last.
        key: name of the line's key.
        held_out: groups of judged units that nothing may learn from.
    """
    candidate = versions[-1]
    if not tells(candidate, key):
        why = (
            f"{candidate.name} does not say from which units of this line it learnt: train it on `aoi results dataset`"
        )
        return unknown(RULE, bound=_BOUND, why=why)
    seen = {one.name: len(one.units.groups.intersection(held_out)) for one in versions if one.units is not None}
    wrong = {name: count for name, count in seen.items() if count}
    if wrong:
        figure = ", ".join(f"{name} learnt from {count}" for name, count in wrong.items())
        why = "nothing that is measured on these units says what it is worth: train it again, with the split as it is"
        return Finding(rule=RULE, state="failed", figure=f"{figure} of them", bound=_BOUND, why=why)
    why = "what tests a model is dealt by a key of the line, the same for every data set"
    return Finding(rule=RULE, state="passed", figure=f"none of {len(held_out)} units", bound=_BOUND, why=why)


def _is_new_to(version: Contender, part: JudgedPicture, key: str) -> bool:
    if version.units is not None and version.units.key == key:
        return part.group not in version.units.groups
    return part.answered == version.model
