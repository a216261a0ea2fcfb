"""From which units a model learnt, and which were held out: by hashes that give no serial number away.

`aoi results dataset` deals units by a key of the line, and writes `dataset.json` beside its table. What learns from
that table keeps this in its `report.json` and in its manifest, so that nobody compares models by units that one of them
saw.
"""

import base64
import hashlib
from collections.abc import Iterable
from pathlib import Path

import msgspec

from aoi_modules.errors import DataError
from aoi_modules.machine import disk

ABOUT = "dataset.json"
"""Beside the table of a data set."""
_DIGITS = 16
"""Of a group, see `results.datasets.dealing.Deal.group_of`; hexadecimal."""


class HeldOut(msgspec.Struct, frozen=True, kw_only=True):
    """Which units of a data set are never learnt from."""

    key: str
    """Name of the key that dealt the units: sets of the same name are dealt alike."""
    share: float
    sha256: str
    """Of the list of those of this set; see `held_out_hash`."""


class LearntUnits(msgspec.Struct, frozen=True, kw_only=True):
    """The units of a line that a model learnt from, and those that tested it."""

    key: str
    """Name of the key that dealt the units."""
    held_out: str
    """SHA-256 of the list of those that were held out; see `held_out_hash`."""
    held_out_units: int
    """How many these are."""
    packed: str
    """Those that it learnt from, or was chosen by: the groups as bytes, eight each, one behind the other; base64."""

    @classmethod
    def of(cls, key: str, *, learnt: Iterable[str], held_out: Iterable[str]) -> "LearntUnits":
        """Packs groups.

        Args:
            key: name of the key that dealt the units.
            learnt: groups of training and validation, 16 hexadecimal digits each.
            held_out: groups of the test.
        """
        tested = set(held_out)
        packed = base64.b64encode(bytes.fromhex("".join(sorted(set(learnt))))).decode()
        return cls(key=key, held_out=held_out_hash(tested), held_out_units=len(tested), packed=packed)

    @classmethod
    def joined(cls, parts: "Iterable[LearntUnits | None]") -> "LearntUnits | None":
        """Of several models together: all that any of them learnt from.

        None where one of them does not know, or where they are of several lines. A list that they do not share is no
        list of all of them: its hash is empty.
        """
        known = list(parts)
        first = known[0] if known else None
        if first is None or any(one is None or one.key != first.key for one in known):
            return None
        learnt = {group for one in known if one is not None for group in one.groups}
        together = cls.of(first.key, learnt=learnt, held_out=())
        shared = all(one is not None and one.held_out == first.held_out for one in known)
        return msgspec.structs.replace(
            together,
            held_out=first.held_out if shared else "",
            held_out_units=first.held_out_units if shared else 0,
        )

    @property
    def groups(self) -> frozenset[str]:
        """Those that it learnt from, 16 hexadecimal digits each."""
        digits = base64.b64decode(self.packed).hex()
        return frozenset(digits[place : place + _DIGITS] for place in range(0, len(digits), _DIGITS))


class _About(msgspec.Struct):
    """The part of `dataset.json` that a training reads."""

    held_out: HeldOut


def held_out_hash(groups: Iterable[str]) -> str:
    """The hash of a list of units that are held out, in any order; by their groups."""
    return hashlib.sha256("\n".join(sorted(set(groups))).encode()).hexdigest()


def is_group(text: str | None) -> bool:
    """Whether a text may stand for a unit: 16 hexadecimal digits."""
    if text is None or len(text) != _DIGITS:
        return False
    return all(digit in "0123456789abcdef" for digit in text)


def held_out_beside(table: Path) -> HeldOut | None:
    """What `dataset.json` says beside a table; None where there is none, or where it is somebody else's file.

    Raises:
        DataError: it is there and cannot be read.
    """
    file = table.with_name(ABOUT)
    try:
        return msgspec.json.decode(file.read_bytes(), type=_About).held_out
    except (FileNotFoundError, msgspec.DecodeError, UnicodeDecodeError):
        return None
    except OSError as error:
        raise DataError(disk.trouble(error, file, "cannot be read")) from None
