"""What a registry has: versions, labels, who and when. Nothing is changed here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from aoi_modules.errors import NoSuchServable, RegistryAway, RegistryError
from aoi_modules.modelstore import version_dir
from aoi_modules.modelstore.registry import addresses
from aoi_modules.modelstore.registry.records import Move, Retirement, Version
from aoi_modules.modelstore.registry.signing import Trust
from aoi_modules.object_store.interface import Entry, NoSuchObject, Objects
from aoi_modules.object_store.parallel import side_by_side

Found = TypeVar("Found")
_DIGITS = 20
"""More than a version's number has."""
_MOST = 1 << 24
"""Bytes of an object that says something. A version of 100,000 files needs fewer."""


@dataclass(frozen=True)
class Model:
    """What a listing says about one model.

    Args:
        name: of the model.
        versions: when each became visible, by number, rising.
        retired: those that are hidden.
        labels: the number of the move in force, by label.
    """

    name: str
    versions: Mapping[int, datetime]
    retired: frozenset[int]
    labels: Mapping[str, int]

    @property
    def offered(self) -> list[int]:
        """The versions that are not hidden, rising."""
        return [number for number in self.versions if number not in self.retired]


def models(objects: Objects, name: str = "") -> list[Model]:
    """Lists the models of a registry by name, or the one of a name; three listings, whatever there is.

    Raises:
        StoreError: no model can have that name.
        RegistryAway: it does not answer.
    """
    below = f"{version_dir.check_name(name)}/" if name else ""
    prefixes = [prefix + below for prefix in (addresses.VERSIONS, addresses.RETIRED, addresses.LABELS)]
    versions, retired, labels = side_by_side(lambda prefix: list(objects.listed(prefix)), prefixes)
    times = _by_model(versions)
    hidden = _by_model(retired)
    moves = _moves(labels)
    return [
        Model(one, dict(sorted(times[one].items())), frozenset(hidden.get(one, ())), moves.get(one, {}))
        for one in sorted(times)
    ]


def model(objects: Objects, name: str) -> Model:
    """Lists one model.

    Raises:
        NoSuchServable: the registry has none of this name.
        RegistryAway: it does not answer.
    """
    found = models(objects, name)
    if not found:
        raise NoSuchServable(f"the registry {objects.name} has no model {name!r}", hint="aoi registry list")
    return found[0]


def numbers(objects: Objects, name: str) -> list[int]:
    """Lists the numbers of a model's versions, hidden ones too."""
    keys = (addresses.numbered(entry.key) for entry in objects.listed(f"{addresses.VERSIONS}{name}/"))
    return sorted(key[1] for key in keys if key)


def version(objects: Objects, name: str, number: int, trust: Trust | None = None) -> Version:
    """Reads what a registry says about a version.

    Raises:
        NoSuchServable: there is none of this number.
        NotTrusted: nobody who is trusted signed it.
        RegistryError: the object is not what it should be.
        RegistryAway: the registry does not answer.
    """
    key = addresses.version_key(version_dir.check_name(name), number)
    try:
        found = Version.from_json(_content(objects, key), f"{objects.name}: {key}", trust)
    except NoSuchObject:
        raise NoSuchServable(
            f"the registry {objects.name} has no version {number} of {name}", hint=f"aoi registry list {name}"
        ) from None
    if (found.name, found.version) != (name, number):
        raise RegistryError(f"{objects.name}: {key}: expected version {number} of {name}. Received: another one's")
    return found


def retirement(objects: Objects, name: str, number: int, trust: Trust | None = None) -> Retirement | None:
    """Reads who hid a version, when and why; None where nobody did.

    Raises:
        RegistryError: the object is not what it should be.
        NotTrusted: nobody who is trusted signed it.
    """
    key = addresses.retired_key(name, number)
    try:
        found = Retirement.from_json(_content(objects, key), f"{objects.name}: {key}", trust)
    except NoSuchObject:
        return None
    if (found.name, found.version) != (name, number):
        raise RegistryError(f"{objects.name}: {key}: expected version {number} of {name}. Received: another one's")
    return found


def move(objects: Objects, name: str, label: str, number: int, trust: Trust | None = None) -> Move:
    """Reads one move of a label.

    Raises:
        NotTrusted: nobody who is trusted signed it.
        RegistryError: an object is not what it should be.
        RegistryAway: the registry does not answer.
    """
    key = addresses.move_key(name, label, number)
    try:
        found = Move.from_json(_content(objects, key), f"{objects.name}: {key}", trust)
    except NoSuchObject:
        raise RegistryError(f"{objects.name}: {key} was listed and is not there", hint="ask again") from None
    if (found.name, found.label, found.number) != (name, label, number):
        raise RegistryError(f"{objects.name}: {key}: expected that move. Received: another one's")
    return found


def require_answer(objects: Objects) -> None:
    """Makes sure that a registry answers at all, where it did not give one object.

    Raises:
        RegistryAway: it does not.
    """
    for _ in objects.listed(addresses.PROBED):
        return


def asked(objects: Objects, read: Callable[[], Found]) -> Found | RegistryError:
    """Reads one thing of many, so that one that cannot be read holds up none of the others.

    Returns:
        What was read, or why it could not be.

    Raises:
        RegistryAway: the registry gives nothing at all.
    """
    try:
        return read()
    except RegistryAway as error:
        require_answer(objects)
        return error
    except RegistryError as error:
        return error


def labels(objects: Objects, found: Sequence[Model]) -> dict[str, dict[str, int]]:
    """Reads to which version each label points, by model and label.

    Raises:
        RegistryError: the move of one of them cannot be read.
    """
    pointing, problems = readable_labels(objects, found)
    for problem in problems:
        raise problem
    return pointing


def readable_labels(objects: Objects, found: Sequence[Model]) -> tuple[dict[str, dict[str, int]], list[RegistryError]]:
    """Reads the same of those labels that can be read, and why the others cannot."""
    wanted = [(one.name, label, number) for one in found for label, number in one.labels.items()]
    pointing: dict[str, dict[str, int]] = {one.name: {} for one in found}
    problems = []
    for one in side_by_side(lambda which: asked(objects, lambda: move(objects, *which)), wanted):
        if isinstance(one, RegistryError):
            problems.append(one)
        elif one.version is not None:
            pointing[one.name][one.label] = one.version
    return pointing, problems


def resolve(objects: Objects, name: str, wanted: str = "", trust: Trust | None = None) -> int:
    """Finds the number that is meant by a number, a label or nothing at all, which means the newest one not hidden.

    With `trust` the move of a label has to be signed; what the version is, `version` looks at.

    Raises:
        NoSuchServable: there is none.
    """
    if wanted.isascii() and wanted.isdigit() and len(wanted) < _DIGITS:
        return version(objects, name, int(wanted)).version
    found = model(objects, name)
    if wanted:
        # Read once: where the signed move points to is what is taken, and no second answer.
        last = move(objects, name, wanted, found.labels[wanted], trust) if wanted in found.labels else None
        if last is None or last.version is None:
            known = ", ".join(sorted(readable_labels(objects, [found])[0][name])) or "none"
            raise NoSuchServable(f"{name} has no label {wanted!r}; it has: {known}")
        return last.version
    if not found.offered:
        raise NoSuchServable(f"all versions of {name} are retired", hint="push another one, or name a number")
    return found.offered[-1]


def _content(objects: Objects, key: str) -> bytes:
    """Reads an object that says something; one that is too large for that is not read to its end."""
    content = b""
    for chunk in objects.chunks(key):
        content += chunk
        if len(content) > _MOST:
            raise RegistryError(
                f"{objects.name}: {key}: expected {_MOST} bytes at most, and it has more",
                hint="somebody else wrote it; look into the object and move it away",
            )
    return content


def _by_model(entries: Sequence[Entry]) -> dict[str, dict[int, datetime]]:
    found: dict[str, dict[int, datetime]] = {}
    for entry in entries:
        if (key := addresses.numbered(entry.key)) is not None:
            found.setdefault(key[0], {})[key[1]] = entry.changed
    return found


def _moves(entries: Sequence[Entry]) -> dict[str, dict[str, int]]:
    """The greatest number by model and label."""
    found: dict[str, dict[str, int]] = {}
    for entry in entries:
        if (key := addresses.move(entry.key)) is not None:
            name, label, number = key
            of_model = found.setdefault(name, {})
            of_model[label] = max(number, of_model.get(label, 0))
    return found
