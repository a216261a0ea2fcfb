"""What a real Prometheus said about a real shift once, for readers who have none.

`python -m aoi_modules.study.watching.recorded MODELS` records it anew into `recorded.json`, with the servables that
lesson 7 left in the folder MODELS.
"""

import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from aoi_modules.errors import AoiError, CourseError
from aoi_modules.machine.whole_file import write_whole
from aoi_modules.study.watching import questions, scene
from aoi_modules.study.watching.answers import Sample, Series
from aoi_modules.study.watching.faults import AWAY, DRIFT, SLOW, VERSION
from aoi_modules.study.watching.prometheus import Prometheus
from aoi_modules.study.watching.shift import Shift, run_shift
from aoi_modules.study.watching.watch import LAG_SECONDS, Watch

FILE = Path(__file__).with_name("recorded.json")
ORDER = (VERSION, SLOW, DRIFT, AWAY)
SECONDS = 10
"""Of each stretch."""
WHERE = "recorded once: Debian's Prometheus 2.42 about a line of this lesson, with models of the size ci"
Answer = TypeVar("Answer")
NEEDED = "apt-get install prometheus, and the lesson asks it about your own line"


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """A shift and what was said about it; `where` says by whom."""

    where: str
    window: str
    begun: float
    moments: dict[str, tuple[float, float]]
    faults: dict[str, str]
    instant: dict[str, dict[str, list[tuple[dict[str, str], str]]]]
    """By the name of the stretch, and by question; values are text, as Prometheus writes them: some are NaN."""
    ranges: dict[str, list[tuple[dict[str, str], list[int], list[str]]]]
    """By question: labels, seconds since the beginning, values."""

    def ask(self, query: str, at: float) -> list[Sample]:
        """What was said at the end of a stretch; see `Source`."""
        name = next((name for name, (_, end) in self.moments.items() if end + LAG_SECONDS == at), "")
        return [Sample(labels, float(value)) for labels, value in _found(self.instant.get(name, {}), query)]

    def over(self, query: str, start: float, end: float) -> list[Series]:
        """What was said over the whole shift, whatever part is asked for; see `Source`."""
        return [
            Series(labels, tuple(self.begun + second for second in seconds), tuple(map(float, values)))
            for labels, seconds, values in _found(self.ranges, query)
        ]

    def watch(self) -> Watch:
        """The shift, with this recording as the one who answers."""
        return Watch(self, Shift(self.begun, self.moments, self.faults), self.window, self.where)


def _found(answers: Mapping[str, Answer], query: str) -> Answer:
    by_words = {plain(one): answer for one, answer in answers.items()}
    if plain(query) not in by_words:
        raise CourseError("nobody recorded what Prometheus says to this question", hint=NEEDED)
    return by_words[plain(query)]


def plain(query: str) -> str:
    """A question without what does not matter to Prometheus: spaces."""
    return "".join(query.split())


def read(path: Path = FILE) -> Recording:
    """The recording that the package carries."""
    return msgspec.json.decode(path.read_bytes(), type=Recording)


def record(watch: Watch, components: tuple[str, ...], where: str) -> Recording:
    """Asks all known questions about a shift.

    Raises:
        CourseError: there is no answer.
    """
    asked = questions.known(components, watch.window)
    shift = watch.shift
    return Recording(
        where=where,
        window=watch.window,
        begun=shift.begun,
        moments=dict(shift.moments),
        faults=dict(shift.faults),
        instant={name: {query: _written(watch.ask(query, name)) for query in asked} for name in shift.moments},
        ranges={
            query: [(one.labels, [round(time) for time in one.times], _text(one.values)) for one in watch.over(query)]
            for query in questions.drawn(components[0], watch.window)
        },
    )


def _written(samples: Sequence[Sample]) -> list[tuple[dict[str, str], str]]:
    return [(one.labels, _text([one.value])[0]) for one in samples]


def _text(values: Sequence[float]) -> list[str]:
    return [f"{value:.5g}" for value in values]


def main(arguments: list[str]) -> int:
    """Records on this machine; gives the exit code."""
    try:
        if len(arguments) != 1:
            raise CourseError("expected the folder of the servables that lesson 7 left")
        with tempfile.TemporaryDirectory() as name:
            found = _recorded(Path(arguments[0]), Path(name))
    except AoiError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    write_whole(FILE, msgspec.json.encode(found) + b"\n")
    return 0


def _recorded(models: Path, folder: Path) -> Recording:
    with scene.opened(models, folder / "line") as (line, pictures):
        config = scene.config({"gateway": [line.address], "model-server": [line.rest]})
        with Prometheus(config, folder / "prometheus") as prometheus:
            shift = run_shift(line, pictures, ORDER, SECONDS)
            watch = Watch(prometheus, shift, f"{SECONDS}s", "Prometheus")
            return record(watch, tuple(pictures), WHERE)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
