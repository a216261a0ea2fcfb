"""The rules before a candidate answers at the line: by judged parts, and by trying it beside the version in service.

Each is a function of what was measured. Pure.
"""

import math
from collections.abc import Sequence

from aoi_modules.client.measuring.parity import Parity
from aoi_modules.modelstore.reference import FEWEST, Drift
from aoi_modules.promotion.findings import Finding, at_most, unknown, within
from aoi_modules.promotion.gate import HeldOut, Latency, Size
from aoi_modules.promotion.held_out import Compared, Rate, Share
from aoi_modules.promotion.timing import Ratio

_MISTAKES = {
    "escape": ("lets pass", "defective parts"),
    "overkill": ("fails", "good parts"),
}


def escape(compared: Compared, gate: HeldOut) -> Finding:
    """Defective parts that the candidate lets pass, against the version in service."""
    return _mistakes("escape", compared.escape, compared, gate.escape, gate.least)


def overkill(compared: Compared, gate: HeldOut) -> Finding:
    """Good parts that it fails, likewise."""
    return _mistakes("overkill", compared.overkill, compared, gate.overkill, gate.least)


def parity(found: Parity, limit: float) -> Finding:
    """How far the served scores are from those that the source model gave to the same pictures."""
    bound = f"at most {limit:g}"
    if errors := [one.error for one in found.comparisons if one.error]:
        return unknown("parity", bound=bound, why=f"not all could be compared: {errors[0]}")
    differences = [math.inf if one.difference is None else one.difference for one in found.comparisons]
    if not differences:
        return unknown("parity", bound=bound, why="the version carries no golden pictures")
    greatest, pictures = max(differences), max(one.pictures for one in found.comparisons)
    why = f"greatest difference between its served scores and its source's, about {pictures} golden pictures"
    return at_most("parity", greatest, limit, figure=f"{greatest:.1e}", bound=bound, why=why)


def size(candidate: int, incumbent: int, gate: Size) -> Finding:
    """How large its files are, in bytes, against those of the version in service."""
    ratio = candidate / incumbent if incumbent else None
    figure = "unknown" if ratio is None else f"{ratio:.2f} times, {candidate / 1e6:.1f} MB"
    bound = f"at most {gate.ratio:g} times"
    return at_most("size", ratio, gate.ratio, figure=figure, bound=bound, why="all files of the version")


def latency(ratio: Ratio, gate: Latency) -> Finding:
    """How long it takes for a picture, against the version in service on this very machine."""
    figure = f"{ratio.median:.2f} times"
    if ratio.interval is not None:
        figure += f" (95%: {ratio.interval[0]:.2f} to {ratio.interval[1]:.2f})"
    why = (
        f"asked by turns, one picture a call; medians {ratio.candidate_ms:.1f} ms and {ratio.incumbent_ms:.1f} ms"
        " on this machine"
    )
    return within("latency", ratio.interval, gate.ratio, figure=figure, bound=f"at most {gate.ratio:g} times", why=why)


def drift(found: Drift | None, pictures: int, limit: float) -> Finding:
    """How far the line's pictures are from those that it learnt from.

    Args:
        found: None where it is not known.
        pictures: of the line that were measured.
        limit: in standard deviations.
    """
    bound = f"at most {limit:g} deviations"
    if found is None:
        why = f"its manifest does not tell what it learnt from, or fewer than {FEWEST} pictures are there ({pictures})"
        return unknown("drift", bound=bound, why=why)
    figure = f"brightness {found.brightness:+.1f}, sharpness {found.sharpness:+.1f}"
    why = f"mean of {pictures} judged pictures of the line, against those that it learnt from"
    return at_most(
        "drift", max(abs(found.brightness), abs(found.sharpness)), limit, figure=figure, bound=bound, why=why
    )


def signed(trusted: Sequence[str] | None) -> Finding:
    """Whether it is signed by a key that is trusted; None where nobody said which keys are."""
    bound = "by a key that is trusted"
    if trusted is None:
        return unknown("signed", bound=bound, why="no --public-key says whose signatures are believed")
    return Finding(rule="signed", state="passed", figure=", ".join(trusted), bound=bound, why="what the registry says")


def _mistakes(rule: str, rate: Rate | None, compared: Compared, margin: float, least: int) -> Finding:
    does, parts = _MISTAKES[rule]
    bound = f"worse by at most {margin:.1%}"
    if compared.unseen:
        why = f"{compared.unseen} parts are of a kind of which nobody judged any at random: set `audit` in the route"
        return unknown(rule, bound=bound, why=why)
    if rate is None or rate.judged < least:
        judged = 0 if rate is None else rate.judged
        why = f"{judged} judged {parts} that neither version learnt from, and {least} are wanted: judge more"
        return unknown(rule, bound=bound, why=why, figure=f"{judged} {parts}")
    low, high = rate.difference
    why = (
        f"of {rate.judged} judged {parts} the candidate alone {does} {rate.candidate_alone}, the version in service"
        f" alone {rate.incumbent_alone}; weighted, the candidate {does} {in_words(rate.candidate)}, the version in"
        f" service {in_words(rate.incumbent)}"
    )
    figure = f"worse by {low:+.1%} to {high:+.1%}"
    return within(rule, rate.difference, margin, figure=figure, bound=bound, why=why)


def in_words(share: Share) -> str:
    """A share with its interval."""
    low, high = share.interval
    return f"{share.value:.1%} (95%: {low:.1%} to {high:.1%})"
