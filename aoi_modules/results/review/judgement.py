"""What a person says about a part, as it is kept."""

from datetime import datetime
from typing import Literal

import msgspec

from aoi_modules.errors import BadParameter
from aoi_modules.results.record import SCHEMA, ReviewReason

Disposition = Literal["released", "rework", "scrapped"]
"""What becomes of the unit."""
Given = ReviewReason | Literal["asked"]
"""Why a part was judged: as the queue gave it, or because somebody asked for it, as for a customer's return."""
SAMPLED: frozenset[Given] = frozenset({"doubtful", "failed", "audit"})
"""Reasons by which parts are a random sample of their kind."""
_MOST = {"defect": 200, "note": 2000, "who": 200}


class Opinion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person says."""

    verdict: Literal["good", "defect"]
    defect: str | None = None
    """Which one."""
    note: str = ""
    disposition: Disposition | None = None

    def __post_init__(self) -> None:
        if (self.verdict == "defect") is (self.defect is None):
            raise ValueError("defect: expected its name where the verdict is defect, and only there")
        for name in ("defect", "note"):
            _check_text(name, getattr(self, name) or "")


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """What a person said about an inspection, or that they took it back."""

    id: str
    inspection: str
    time: datetime
    who: str
    verdict: Literal["good", "defect"] | None
    """None where it takes another one back."""
    defect: str | None = None
    note: str = ""
    disposition: Disposition | None = None
    given: Given = "asked"
    shown: str
    """Id of the inspection whose picture was judged."""
    undoes: str | None = None
    """Id of the judgement that it takes back."""
    schema: int = SCHEMA

    @property
    def opinion(self) -> Opinion | None:
        """What is said; None where something is taken back."""
        if self.verdict is None:
            return None
        return Opinion(verdict=self.verdict, defect=self.defect, note=self.note, disposition=self.disposition)


def in_force(history: list[Judgement]) -> Judgement | None:
    """The last judgement that nobody took back; None if there is none.

    Args:
        history: of one inspection, oldest first.
    """
    undone = {judgement.undoes for judgement in history}
    return next((one for one in reversed(history) if one.verdict is not None and one.id not in undone), None)


def check_who(who: str) -> str:
    """A person's name as it is kept.

    Raises:
        BadParameter: it is empty, too long, or holds a control character.
    """
    if not who.strip() or len(who) > _MOST["who"] or not who.isprintable():
        raise BadParameter("who", expected=f"the name of a person, of up to {_MOST['who']} characters", found=who[:40])
    return who.strip()


def _check_text(name: str, text: str) -> None:
    """A note may have several lines."""
    if len(text) > _MOST[name] or not all(letter.isprintable() or letter in "\n\t" for letter in text):
        raise ValueError(f"{name}: expected up to {_MOST[name]} printable characters")
