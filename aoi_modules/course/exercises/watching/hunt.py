"""Exercise 10.4: which fault a line had in which stretch of its shift, by metrics and logs alone."""

from collections.abc import Mapping

from aoi_modules.course.checks import Hint, kind
from aoi_modules.study.watching import questions
from aoi_modules.study.watching.faults import AWAY, DRIFT, FAULTS, SLOW, VERSION
from aoi_modules.study.watching.shift import NORMAL
from aoi_modules.study.watching.watch import Watch

TRACES = {
    SLOW: "the slowest answers take more than a second, and nothing is refused",
    AWAY: "a component gets 503, and the log of the gateway says where it asked",
    VERSION: "another version judges, and the share of FAIL jumps",
    DRIFT: "the pictures are darker, whatever the verdicts are",
}
"""What each fault leaves."""
PANELS = {
    SLOW: "p99 of the model's seconds, by component",
    AWAY: "answers a second, by status",
    VERSION: "pictures a second, by model and version",
    DRIFT: "brightness of the pictures",
}
"""The panel in which each is seen."""


def check_hunt(found: object, watch: Watch) -> str:
    """Wants the fault of each stretch.

    Raises:
        Hint: one is wrong; with what a panel shows of it.
    """
    truth = watch.shift.faults
    if not isinstance(found, Mapping) or set(found) != set(truth):
        raise Hint(f"found {kind(found)}, expected a dict with the keys {', '.join(truth)}")
    for letter, guess in found.items():
        if guess not in FAULTS:
            raise Hint(f"{letter}: found {kind(guess)}, expected one of {', '.join(map(repr, FAULTS))}")
    if len(set(found.values())) < len(truth):
        raise Hint("one fault stands there twice; each happened once")
    for letter, guess in found.items():
        if guess != truth[letter]:
            raise Hint(f"{letter}: {_against(watch, letter, str(guess))}")
    return "; ".join(f"{letter} {fault}: {TRACES[fault]}" for letter, fault in truth.items())


def _against(watch: Watch, letter: str, guess: str) -> str:
    """What speaks against a guess, by the panel in which that fault would be seen."""
    title = PANELS[guess]
    query = questions.panels(watch.window)[title]
    before, then = (_told(watch, query, moment) for moment in (NORMAL, letter))
    return f"a {guess} would be seen in {title!r}, which says {then}; before it said {before}"


def _told(watch: Watch, query: str, moment: str) -> str:
    values = sorted((_name(one.labels), one.value) for one in watch.ask(query, moment) if one.value > 0)
    return ", ".join(f"{name} {value:.2g}" for name, value in values) or "nothing"


def _name(labels: Mapping[str, str]) -> str:
    return " ".join(text for name, text in sorted(labels.items()) if name != "__name__") or "all"
