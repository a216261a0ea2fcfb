"""Labels that move, and versions that are hidden: each a new object, with who and when."""

from datetime import UTC, datetime

from aoi_modules.errors import LabelMoved, NotTrusted, RegistryError
from aoi_modules.modelstore.registry import addresses, catalogue
from aoi_modules.modelstore.registry.records import Move, Retirement
from aoi_modules.modelstore.registry.signing import Signer
from aoi_modules.object_store.interface import Objects


def label(
    objects: Objects,
    name: str,
    label: str,
    version: int | None,
    *,
    who: str,
    reason: str = "",
    signer: Signer | None = None,
) -> Move:
    """Lets a label point to a version. Where it points there already, signed as it is to be, nothing is written.

    Args:
        objects: of the registry.
        name: of the model.
        label: such as `stable`.
        version: to which it points from now on; None takes it away.
        who: moves it.
        reason: why, for people.
        signer: signs the move; may be nobody.

    Raises:
        RegistryError: no such label can be, or the version is hidden.
        NoSuchServable: there is no such model or version.
        LabelMoved: somebody else moved it in this very moment.
        RegistryAway: the registry takes nothing. The label points to where it did.
    """
    addresses.check_label(label)
    model = catalogue.model(objects, name)
    if version is not None:
        _check_offered(objects, model, version)
    number = model.labels.get(label, 0)
    now = catalogue.moves(objects, [(name, label, number)])[0] if number else None
    if now is not None and now.version == version and _is_signed(objects, now, signer):
        return now
    move = Move(
        name=name, label=label, number=number + 1, version=version, time=datetime.now(UTC), who=who, reason=reason
    )
    if not objects.create(addresses.move_key(name, label, move.number), move.to_json(signer)):
        raise LabelMoved(
            f"the label {label} of {name} was moved by somebody else in this moment", hint=f"aoi registry show {name}"
        )
    return move


def history(objects: Objects, name: str, label: str) -> list[Move]:
    """Reads all moves of a label, the last one first."""
    keys = [addresses.move(entry.key) for entry in objects.listed(f"{addresses.LABELS}{name}/{label}/")]
    found = catalogue.moves(objects, [key for key in keys if key])
    return sorted(found, key=lambda move: -move.number)


def retire(
    objects: Objects, name: str, version: int, *, who: str, reason: str = "", signer: Signer | None = None
) -> Retirement:
    """Hides a version: nothing new takes it. Its files stay, since a server may still need them.

    `signer` signs it; may be nobody.

    Raises:
        RegistryError: a label points to it.
        NoSuchServable: there is no such version.
        RegistryAway: the registry takes nothing. The version is as it was.
    """
    found = catalogue.version(objects, name, version)
    _check_unlabelled(objects, name, version)
    retirement = Retirement(name=name, version=found.version, time=datetime.now(UTC), who=who, reason=reason)
    key = addresses.retired_key(name, version)
    if not objects.create(key, retirement.to_json(signer)):
        return catalogue.retirement(objects, name, version) or retirement
    try:
        _check_unlabelled(objects, name, version)  # somebody may have moved one meanwhile, who saw it not hidden
    except RegistryError:
        objects.delete([key])
        raise
    return retirement


def _is_signed(objects: Objects, move: Move, signer: Signer | None) -> bool:
    """Whether a move is signed by who would sign it now; always where nobody would."""
    if signer is None:
        return True
    try:
        catalogue.move(objects, move.name, move.label, move.number, signer.trust)
    except NotTrusted:
        return False
    return True


def _check_offered(objects: Objects, model: catalogue.Model, version: int) -> None:
    catalogue.version(objects, model.name, version)
    if version in model.retired:
        raise RegistryError(
            f"version {version} of {model.name} is retired, so no label may point to it", hint="name another version"
        )


def _check_unlabelled(objects: Objects, name: str, version: int) -> None:
    pointing = catalogue.labels(objects, [catalogue.model(objects, name)])[name]
    pointed = sorted(one for one, number in pointing.items() if number == version)
    if pointed:
        raise RegistryError(
            f"version {version} of {name} has the label {', '.join(pointed)}, so servers need it",
            hint=f"aoi registry label {name} {pointed[0]} ANOTHER_VERSION",
        )
