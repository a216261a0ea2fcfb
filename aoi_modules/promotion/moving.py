"""The last step: a label moves, and the move names the report that led to it; or it goes back to where it was."""

from aoi_modules.errors import PromotionError
from aoi_modules.modelstore.registry import catalogue, labelling
from aoi_modules.modelstore.registry.records import Move
from aoi_modules.modelstore.registry.signing import Signer
from aoi_modules.object_store.interface import Objects
from aoi_modules.promotion.contest import CANARY

TAKEN_BACK = "taken back from version"
"""What the reason of a step back begins with."""


def promote(
    objects: Objects, model: str, label: str, version: int, *, who: str, report: str, signer: Signer | None = None
) -> Move:
    """Lets a label point to a version that passed its gate.

    Args:
        objects: of the registry.
        model: its name.
        label: that moves.
        version: to which it points from now on.
        who: moves it.
        report: name and hash of the report.
        signer: signs the move; may be nobody.

    Raises:
        RegistryError: the version is hidden, or the registry takes nothing.
        LabelMoved: somebody else moved it in this moment.
    """
    return labelling.label(objects, model, label, version, who=who, reason=f"passed its gate: {report}", signer=signer)


def take_back(objects: Objects, model: str, label: str, *, who: str, reason: str, signer: Signer | None = None) -> Move:
    """Lets a label point to where it did before; a canary goes.

    Raises:
        PromotionError: the label points nowhere, was taken back already, or nobody knows where it was before.
        RegistryError: the version before is hidden, or the registry takes nothing.
        LabelMoved: somebody else moved it in this moment.
    """
    catalogue.model(objects, model)
    moves, problems = labelling.history(objects, model, label)
    for problem in problems:
        raise problem
    now = moves[0] if moves else None
    if now is None or now.version is None:
        raise PromotionError(f"{model}: the label {label} points to no version", hint=f"aoi registry show {model}")
    if now.reason.startswith(TAKEN_BACK):
        raise PromotionError(
            f"{model}: the label {label} was taken back to version {now.version} already",
            hint=f"name the version that is wanted: aoi registry label {model} {label} VERSION",
        )
    before = None if label == CANARY else next((one.version for one in moves if one.version != now.version), None)
    if before is None and label != CANARY:
        raise PromotionError(
            f"{model}: the label {label} never pointed to another version than {now.version}",
            hint=f"aoi registry label {model} {label} VERSION",
        )
    why = f"{TAKEN_BACK} {now.version}: {reason}"
    return labelling.label(objects, model, label, before, who=who, reason=why, signer=signer)
