"""Labels that move, and versions that are hidden: each a new object, with who and when."""

from datetime import UTC, datetime

from aoi_modules.errors import LabelMoved, RegistryAway, RegistryError
from aoi_modules.modelstore.registry import addresses, catalogue
from aoi_modules.modelstore.registry.records import Move, Retirement
from aoi_modules.modelstore.registry.signing import Signer
from aoi_modules.object_store.interface import Objects
from aoi_modules.object_store.parallel import side_by_side


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
    now = _in_force(objects, name, label, number, signer) if number else None
    if now is not None and now.version == version:
        return now

    def moved(number: int, version: int | None, reason: str) -> Move:
        move = Move(
            name=name, label=label, number=number, version=version, time=datetime.now(UTC), who=who, reason=reason
        )
        if not objects.create(addresses.move_key(name, label, number), move.to_json(signer)):
            raise LabelMoved(
                f"the label {label} of {name} was moved by somebody else in this moment",
                hint=f"aoi registry show {name}",
            )
        return move

    move = moved(number + 1, version, reason)
    if version is not None and _was_hidden_meanwhile(objects, name, version):
        moved(move.number + 1, None if now is None else now.version, f"version {version} was retired in this moment")
        raise _retired(name, version)
    return move


def history(objects: Objects, name: str, label: str) -> tuple[list[Move], list[RegistryError]]:
    """Reads all moves of a label that can be read, the last one first, and why the others cannot."""
    keys = [addresses.move(entry.key) for entry in objects.listed(f"{addresses.LABELS}{name}/{label}/")]
    read = side_by_side(
        lambda key: catalogue.asked(objects, lambda: catalogue.move(objects, *key)), [key for key in keys if key]
    )
    found = [move for move in read if not isinstance(move, RegistryError)]
    return sorted(found, key=lambda move: -move.number), [one for one in read if isinstance(one, RegistryError)]


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
    except RegistryError as error:
        try:
            objects.delete([key])
        except RegistryAway as away:
            raise RegistryError(f"{error.message}; but it is retired, and {away.message}", hint=error.hint) from None
        raise
    return retirement


def _in_force(objects: Objects, name: str, label: str, number: int, signer: Signer | None) -> Move | None:
    """Reads a move; None where it cannot be read, or is not signed by who would sign it now: the next one may be."""
    trust = None if signer is None else signer.trust
    found = catalogue.asked(objects, lambda: catalogue.move(objects, name, label, number, trust))
    return None if isinstance(found, RegistryError) else found


def _check_offered(objects: Objects, model: catalogue.Model, version: int) -> None:
    catalogue.version(objects, model.name, version)
    if version in model.retired:
        raise _retired(model.name, version)


def _was_hidden_meanwhile(objects: Objects, name: str, version: int) -> bool:
    """Whether a version is hidden now, by somebody who saw it without the label that has just moved to it."""
    try:
        return version in catalogue.model(objects, name).retired
    except RegistryAway:  # the label has moved, and who hides the version looks at labels, too
        return False


def _retired(name: str, version: int) -> RegistryError:
    return RegistryError(
        f"version {version} of {name} is retired, so no label may point to it", hint="name another version"
    )


def _check_unlabelled(objects: Objects, name: str, version: int) -> None:
    pointing = catalogue.labels(objects, [catalogue.model(objects, name)])[name]
    pointed = sorted(one for one, number in pointing.items() if number == version)
    if pointed:
        raise RegistryError(
            f"version {version} of {name} has the label {', '.join(pointed)}, so servers need it",
            hint=f"aoi registry label {name} {pointed[0]} ANOTHER_VERSION",
        )
