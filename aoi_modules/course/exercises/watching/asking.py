"""Questions in PromQL, held against what Prometheus says to the right one; hints depend on the mistake."""

import math
import re
from collections.abc import Sequence

from aoi_modules.course.checks import Hint, kind
from aoi_modules.errors import CourseError
from aoi_modules.study.watching import questions
from aoi_modules.study.watching.answers import QuestionRefused, Sample, named
from aoi_modules.study.watching.shift import NORMAL
from aoi_modules.study.watching.watch import Watch

CLOSE = 0.02
"""How far a value may be from the right one, as a share: windows end at slightly other moments."""
_RATES = ("rate(", "increase(", "irate(")
_WINDOW = re.compile(r"\[(\w+)\]")
_LABEL = re.compile(r'(\w+)\s*(?:=|=~|!=|!~)\s*"([^"]*)"')
_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_COUNTERS = re.compile(r"\w*_(?:total|bucket|count|sum)\b|:aoi:serving:batch\w+")


def watch_of(value: object) -> Watch:
    """The watch of the lesson.

    Raises:
        Hint: it is something else.
    """
    if not isinstance(value, Watch):
        raise Hint(f"watch: found {kind(value)}, expected the one of the cell above; leave it as it is")
    return value


def same_answer(name: str, query: object, right: str, watch: Watch, moment: str = NORMAL) -> list[Sample]:
    """Wants a question that gets the same values, with the same labels, as the right one.

    Args:
        name: of the question, for hints.
        query: of the reader.
        right: what gets the right answer.
        watch: who answers.
        moment: the stretch of the shift at whose end it is asked.

    Returns:
        The answer.

    Raises:
        Hint: it gets another answer, or none.
    """
    text = _text(name, query)
    wanted = watch.ask(right, moment)
    try:
        found = watch.ask(text, moment)
    except QuestionRefused as refused:
        raise Hint(f"{name}: Prometheus does not understand it: {refused.message}") from None
    except CourseError as error:
        raise Hint(f"{name}: {error}") from None
    if not found:
        raise Hint(f"{name}: no series is found. {_why_empty(text, watch, moment)}")
    _same_labels(name, text, found, wanted)
    _same_values(name, text, found, wanted, watch)
    return found


def _text(name: str, query: object) -> str:
    if not isinstance(query, str):
        raise Hint(f"{name}: found {kind(query)}, expected a question in PromQL as text")
    if not query.strip() or "FILL_IN" in query:
        raise Hint(f"{name}: it is still open; write the question")
    return query


def _why_empty(query: str, watch: Watch, moment: str) -> str:
    """What may be wrong with a question that finds nothing."""
    lost = "histogram_quantile" in query and "by" in query and not re.search(r"\ble\b", query)
    if lost:
        return "histogram_quantile needs the label le, and your sum drops it: sum by (le, ...)"
    names = [name for name in _NAME.findall(query) if name.startswith(("aoi_", ":"))]
    for name in names:
        base = re.sub(r"_(bucket|sum|count)$", "", name)
        if base not in (
            questions.VERDICTS,
            questions.REQUESTS,
            questions.SECONDS,
            questions.BRIGHTNESS,
            questions.ROWS,
        ):
            return f"Is there a metric {name}? The cell above prints their names"
    for label, value in _LABEL.findall(query):
        values = {one.labels.get(label) for one in watch.ask(questions.VERDICTS, moment)}
        if label in ("component", "verdict") and value not in values:
            return f'{label}="{value}" has no series; there are {", ".join(sorted(filter(None, values)))}'
        if values == {None} and names and names[0].startswith("aoi_gateway_verdicts"):
            return f"The metric has no label {label}"
    return "Do both sides of a division have the same labels? sum by (...) on both"


def _same_labels(name: str, query: str, found: Sequence[Sample], wanted: Sequence[Sample]) -> None:
    labels, right = _names(found), _names(wanted)
    if labels == right:
        return
    if "le" in labels:
        raise Hint(f"{name}: there is a series for each bucket (le); put histogram_quantile(0.99, ...) around it")
    _wants_rate(name, query)
    more, less = sorted(labels - right), sorted(right - labels)
    if less and "histogram_quantile" in query:
        raise Hint(f"{name}: the label {less[0]} got lost in your sum; write it beside le: sum by (le, {less[0]})")
    if less:
        raise Hint(
            f"{name}: the label {less[0]} got lost, so all {less[0]}s are one; sum by ({', '.join(sorted(right))})"
        )
    other = f"sum by ({', '.join(sorted(right))}) (...)" if right else "sum(...)"
    raise Hint(f"{name}: there is a series for each {', '.join(more)}, which nobody asked for; put {other} around it")


def _names(samples: Sequence[Sample]) -> set[str]:
    return {label for one in samples for label in one.labels if label != "__name__"}


def _same_values(name: str, query: str, found: Sequence[Sample], wanted: Sequence[Sample], watch: Watch) -> None:
    by_labels = {tuple(sorted(one.labels.items())): one.value for one in found}
    for one in wanted:
        key = tuple(sorted(one.labels.items()))
        if key not in by_labels:
            raise Hint(f"{name}: no value for {named(one.labels)}; does a label select too little?")
        value = by_labels[key]
        if math.isclose(value, one.value, rel_tol=CLOSE, abs_tol=1e-9) or (math.isnan(value) and math.isnan(one.value)):
            continue
        _wants_rate(name, query)
        _wants_window(name, query, watch)
        if "histogram_quantile(99," in query.replace(" ", ""):
            raise Hint(f"{name}: the quantile is a share: 0.99, not 99")
        raise Hint(f"{name}: for {named(one.labels)} it gets {value:.4g}, expected {one.value:.4g}")
    extra = len(by_labels) - len(wanted)
    if extra > 0:
        raise Hint(f"{name}: {extra} series more than expected; does it select what was asked for, and no more?")


def _wants_rate(name: str, query: str) -> None:
    if _COUNTERS.search(query) and not any(one in query for one in _RATES):
        raise Hint(
            f"{name}: a counter only grows, so its value says how much there was since the start; "
            "rate(...[5s]) says how much there is a second"
        )


def _wants_window(name: str, query: str, watch: Watch) -> None:
    others = sorted(set(_WINDOW.findall(query)) - {watch.window})
    if others:
        raise Hint(f"{name}: the window is [{others[0]}], expected [{watch.window}]: another stretch has other values")
    if "increase(" in query:
        raise Hint(f"{name}: increase says how much came within the window; rate says how much a second")
