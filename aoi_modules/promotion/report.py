"""The report of a promotion: each rule, its figure, what follows, as lines and as a page that loads nothing."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

from aoi_modules.errors import PromotionError
from aoi_modules.machine import disk
from aoi_modules.machine.template_file import filled_in
from aoi_modules.machine.whole_file import write_whole
from aoi_modules.promotion.findings import Finding, Outcome, State

TEMPLATE = Path(__file__).with_name("report.html.j2")
_DIGITS = 12
_SIGNS: dict[State, str] = {"passed": "passed", "failed": "FAILED", "unknown": "unknown"}
_FOLLOWS: dict[Outcome, str] = {
    "refuse": "{candidate} is refused: the label {label} stays where it is",
    "not enough evidence": "the label {label} stays where it is until what is unknown is known",
    "limits not confirmed": "first make or confirm the limits of {candidate}; then the label {label} may move to it",
}
"""What is said of an outcome that moves no label."""
Label = Literal["canary", "stable"]


class Promotion(msgspec.Struct, frozen=True, kw_only=True):
    """What a gate said about a candidate."""

    component: str
    model: str
    label: Label
    """That would move to the candidate."""
    incumbent: int
    """Version in service."""
    candidate: int
    outcome: Outcome
    findings: tuple[Finding, ...]
    not_asked: tuple[str, ...]
    """Rules that the gate leaves out."""
    notes: tuple[str, ...]
    """What a reader must know, one sentence each."""
    time: datetime
    who: str
    gate: str
    """Name of the gate's file."""

    @property
    def follows(self) -> str:
        """What follows, in a sentence."""
        candidate = f"{self.model} {self.candidate}"
        if self.outcome == "promote":
            return f"{candidate} passed every rule: the label {self.label} may move to it"
        return _FOLLOWS[self.outcome].format(candidate=candidate, label=self.label)


def in_words(found: Promotion) -> str:
    """Several lines: who is compared, each rule with figure and bound, and what follows."""
    return "\n".join(_lines(found))


def _lines(found: Promotion) -> Iterator[str]:
    old, new = (f"{found.model} {number}" for number in (found.incumbent, found.candidate))
    yield f"{found.component}: {old} is in service, {new} is the candidate for {found.label}"
    width = max((len(one.rule) for one in found.findings), default=0)
    for one in found.findings:
        yield f"{_SIGNS[one.state]:7}  {one.rule:{width}}  {one.figure}; wanted: {one.bound}"
        yield f"{'':7}  {'':{width}}  {one.why}"
    if found.not_asked:
        yield f"not asked by {found.gate}: {', '.join(found.not_asked)}"
    yield from found.notes
    yield f"so: {found.follows}"


def write_page(found: Promotion, path: Path) -> str:
    """Writes the page, and gives the name by which a move of a label names it: the file's and the start of its hash.

    Raises:
        PromotionError: the file cannot be written.
        MissingExtra: jinja2 is not installed.
    """
    content = page(found).encode()
    try:
        write_whole(path, content)
    except OSError as error:
        said = disk.trouble(error, path, "cannot be written")
        raise PromotionError(said, hint=disk.way_out(error, "name another file by --report")) from None
    return f"{path.name}, sha256 {hashlib.sha256(content).hexdigest()[:_DIGITS]}"


def page(found: Promotion) -> str:
    """Writes the page as text.

    Raises:
        MissingExtra: jinja2 is not installed.
    """
    return filled_in(TEMPLATE, "the report of a promotion", "station", found=found, counts=_counts(found.findings))


def _counts(findings: Sequence[Finding]) -> dict[str, int]:
    """How many rules passed, failed, and are unknown; without those of which there are none."""
    counts = {state: sum(one.state == state for one in findings) for state in _SIGNS}
    return {state: count for state, count in counts.items() if count}
