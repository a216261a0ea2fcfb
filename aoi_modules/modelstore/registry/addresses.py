"""Where in a registry each object lies. Pure.

    versions/<name>/<number>.json          the version is there: its files with checksums, who and when
    retired/<name>/<number>.json           it is hidden: who, when and why
    labels/<name>/<label>/<number>.json    one move of a label; the greatest number is in force
    uploads/<name>/<upload>/<file>         the files of a version
    pending/<name>/<upload>.json           an upload that is under way, or was left
    sweeping/<name>/<upload>.json          a sweep looks whether it may delete this upload
    probes/<any>.json                      a write that tries whether this address keeps to conditional writes
    probed/<digest>.json                   it does

A listing of the first three says all that a list of versions shows, but for where labels point to. A label is no object
that is written over: its next move claims the next number by the same conditional write as a version does. So two that
move it at once are told apart, no move is lost, and who moved it when can be read.
"""

import hashlib
import re

from aoi_modules.errors import RegistryError

VERSIONS, RETIRED, LABELS, UPLOADS, PENDING = "versions/", "retired/", "labels/", "uploads/", "pending/"
SWEEPING, PROBES, PROBED = "sweeping/", "probes/", "probed/"
# Names become folders of whoever syncs: what `version_dir.check_name` would refuse is none of ours.
_NAME = r"([A-Za-z0-9][A-Za-z0-9_.-]{0,254})"
_NUMBERED = re.compile(rf"(?:versions|retired)/{_NAME}/([1-9]\d{{0,18}})\.json", re.ASCII)
_MOVE = re.compile(rf"labels/{_NAME}/([A-Za-z0-9_]+)/([1-9]\d{{0,18}})\.json", re.ASCII)
_PENDING = re.compile(rf"pending/{_NAME}/([0-9a-f]{{32}})\.json")
_UPLOAD = re.compile(r"[0-9a-f]+")
_LABEL = re.compile(r"[A-Za-z0-9_]*[A-Za-z_][A-Za-z0-9_]*")
_GREATEST = 2**63 - 1
"""A server takes no greater version, nor any config that names one."""


def version_key(name: str, number: int) -> str:
    """Of the object that makes a version visible."""
    return f"{VERSIONS}{name}/{number}.json"


def retired_key(name: str, number: int) -> str:
    """Of the object that hides a version."""
    return f"{RETIRED}{name}/{number}.json"


def numbered(key: str) -> tuple[str, int] | None:
    """Reads name and number from the key of a version or of what hides it; None from any other key."""
    found = _NUMBERED.fullmatch(key)
    return (found[1], int(found[2])) if found and int(found[2]) <= _GREATEST else None


def move_key(name: str, label: str, number: int) -> str:
    """Of one move of a label."""
    return f"{LABELS}{name}/{label}/{number}.json"


def move(key: str) -> tuple[str, str, int] | None:
    """Reads name, label and number of a move from its key; None from any other key."""
    found = _MOVE.fullmatch(key)
    return (found[1], found[2], int(found[3])) if found else None


def file_key(name: str, upload: str, file: str = "") -> str:
    """Of a file of a version; of all its files the prefix."""
    return f"{UPLOADS}{name}/{upload}/{file}"


def pending_key(name: str, upload: str) -> str:
    """Of the note that an upload is under way."""
    return f"{PENDING}{name}/{upload}.json"


def pending(key: str) -> tuple[str, str] | None:
    """Reads name and upload from the key of such a note; None from any other key."""
    found = _PENDING.fullmatch(key)
    return (found[1], found[2]) if found else None


def sweeping_key(name: str, upload: str) -> str:
    """Of the mark that a sweep looks whether it may delete an upload."""
    return f"{SWEEPING}{name}/{upload}.json"


def probed_key(place: str) -> str:
    """Of the note that a place was probed, by the name of the place: copied elsewhere it counts for nothing."""
    return f"{PROBED}{hashlib.sha256(place.encode()).hexdigest()[:16]}.json"


def check_label(label: str) -> str:
    """Returns a label that TensorFlow Serving takes, and that nobody takes for a number.

    Raises:
        RegistryError: it is not one.
    """
    if not _LABEL.fullmatch(label):
        raise RegistryError(
            f"label: expected letters, digits and '_', and not digits alone. Received: {label!r}",
            hint="for example stable or canary",
        )
    return label


def is_upload(upload: str) -> bool:
    """Whether an upload has such a name as a push gives it."""
    return _UPLOAD.fullmatch(upload) is not None
