"""Questions in PromQL are held against a recording of a real Prometheus; each mistake gets its own hint."""

import pytest

from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.watching.asking import same_answer, watch_of
from aoi_modules.study.watching import questions, recorded
from aoi_modules.study.watching.answers import QuestionRefused, Sample
from aoi_modules.study.watching.watch import Watch
from tests.study.watching.test_watch import SHIFT

WATCH = recorded.read().watch()
WINDOW = WATCH.window
TILE = f'{questions.VERDICTS}{{component="tile"}}'
RIGHT = {
    "speed": questions.speed("tile", WINDOW),
    "review": questions.share("REVIEW", WINDOW),
    "slowest": questions.slowest(WINDOW),
    "versions": questions.versions(WINDOW),
}


@pytest.mark.parametrize("name", RIGHT)
def test_the_right_question_passes_however_it_is_spaced(name: str) -> None:
    assert same_answer(name, RIGHT[name].replace(",", " , "), RIGHT[name], WATCH)


@pytest.mark.parametrize(
    ("name", "query", "words"),
    [
        ("speed", f"sum({TILE})", "a counter only grows"),
        ("speed", TILE, "a counter only grows"),
        ("speed", f"rate({TILE}[{WINDOW}])", "a series for each"),
        ("speed", f"sum(rate({questions.VERDICTS}[{WINDOW}]))", "it gets"),
        ("speed", questions.speed("shirt", WINDOW), "it gets"),
        ("speed", "FILL_IN", "still open"),
        ("speed", 7, "expected a question in PromQL"),
        ("speed", "sum(nothing_of_that_name)", "nobody recorded"),
        ("review", questions.share("FAIL", WINDOW), "it gets"),
        ("review", f'sum by (component) (rate({questions.VERDICTS}{{verdict="REVIEW"}}[{WINDOW}]))', "it gets"),
        ("slowest", f"histogram_quantile(0.99, sum by (component) (rate({questions.SECONDS}_bucket[{WINDOW}])))", "le"),
        (
            "slowest",
            f"histogram_quantile(0.99, sum by (le) (rate({questions.SECONDS}_bucket[{WINDOW}])))",
            "the label component got lost in your sum",
        ),
        (
            "slowest",
            f"histogram_quantile(99, sum by (le, component) (rate({questions.SECONDS}_bucket[{WINDOW}])))",
            "0.99, not 99",
        ),
        (
            "slowest",
            f"histogram_quantile(0.99, sum by (le, component) ({questions.SECONDS}_bucket))",
            "a counter only grows",
        ),
        ("versions", f"sum by (model_name) (rate({questions.ROWS}[{WINDOW}]))", "the label version got lost"),
        ("versions", questions.ROWS, "a counter only grows"),
    ],
)
def test_each_mistake_has_its_hint(name: str, query: object, words: str) -> None:
    with pytest.raises(Hint) as caught:
        same_answer(name, query, RIGHT[name], WATCH)
    assert words in str(caught.value)
    assert str(caught.value).startswith(f"{name}: ")


class Says:
    """A Prometheus that answers each question as it is told; `refused` is understood by nobody."""

    def __init__(self, answers: dict[str, list[Sample]]) -> None:
        self.answers = answers

    def ask(self, query: str, at: float) -> list[Sample]:
        if query == "refused":
            raise QuestionRefused("parse error: unexpected end of input")
        return self.answers.get(query, [])

    def over(self, query: str, start: float, end: float) -> list[object]:
        return []


KNOWN = {
    "right": [Sample({"component": "tile"}, 2.0)],
    questions.VERDICTS: [Sample({"component": "tile", "verdict": "PASS"}, 7.0)],
    "other[1m]": [Sample({"component": "tile"}, 3.0)],
    "increase(right[5s])": [Sample({"component": "tile"}, 10.0)],
    "buckets": [Sample({"component": "tile", "le": "1"}, 10.0)],
    "less": [Sample({"component": "shirt"}, 2.0)],
    "many": [Sample({"component": "tile"}, 2.0), Sample({"component": "shirt"}, 2.0)],
}


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("refused", "Prometheus does not understand it: parse error"),
        ('aoi_gateway_verdicts_total{component="Tile"}', 'component="Tile" has no series; there are tile'),
        ('aoi_gateway_verdicts_total{status="200"}', "has no label status"),
        ("aoi_gateway_verdict_total", "Is there a metric aoi_gateway_verdict_total?"),
        ("a / b", "both sides of a division"),
        ("other[1m]", "the window is [1m], expected [5s]"),
        ("increase(right[5s])", "rate says how much a second"),
        ("buckets", "a series for each bucket"),
        ("less", "no value for tile"),
        ("many", "1 series more than expected"),
    ],
)
def test_what_finds_nothing_or_something_else_is_explained(query: str, words: str) -> None:
    watch = Watch(Says(KNOWN), SHIFT, "5s", "a test")  # type: ignore[arg-type]
    with pytest.raises(Hint) as caught:
        same_answer("q", query, "right", watch)
    assert words in str(caught.value)


def test_a_watch_is_left_as_it_is() -> None:
    assert watch_of(WATCH) is WATCH
    with pytest.raises(Hint, match="leave it as it is"):
        watch_of("a watch")
