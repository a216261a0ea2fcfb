"""Running a check: the golden set goes through the gateway's own door, and what was found is recorded there."""

from collections.abc import Callable

from aoi_modules.results.station.check import Check, GoldenCall
from aoi_modules.results.station.door import Door
from aoi_modules.results.station.golden import GoldenPart, GoldenSet
from aoi_modules.results.station.recording import Ran


def run_check(
    door: Door, component: str, golden: GoldenSet, who: str | None, advance: Callable[[int], object] = lambda _: None
) -> Check:
    """Checks a component with its golden set.

    Args:
        door: of the gateway.
        component: that is checked.
        golden: its golden set.
        who: runs the check; None, whoever is signed in.
        advance: learns of each picture that was inspected.

    Raises:
        AoiError: a golden picture got no verdict, or the gateway does not record the check; nothing was recorded.
    """
    calls = []
    for part in golden.parts:
        inspection = door.inspect(component, picture_of(part))
        call = GoldenCall(part=part.part, defective=part.defective, inspection=inspection.id, scores=dict(part.scores))
        calls.append(call)
        advance(1)
    return door.record(Ran(component=component, golden=golden.sha256, who=who, parts=tuple(calls)))


def picture_of(part: GoldenPart) -> bytes:
    """The bytes of a golden part's picture."""
    return part.path.read_bytes()
