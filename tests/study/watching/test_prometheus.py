"""A real Prometheus is started, asked, and says why it does not understand."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from aoi_modules.errors import CourseError
from aoi_modules.study.watching import prometheus
from aoi_modules.study.watching.answers import QuestionRefused, Sample
from aoi_modules.study.watching.prometheus import Prometheus
from tests import services

EMPTY = "global: {scrape_interval: 1s}\n"
AT = 1_700_000_000.0


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    with Prometheus(EMPTY, tmp_path_factory.mktemp("prometheus")) as asked:
        yield asked


@services.need(services.PROMETHEUS)
def test_questions_get_values(asked: Prometheus) -> None:
    assert asked.ask("vector(2) * 3", AT) == [Sample({}, 6.0)]
    assert asked.ask("7", AT) == [Sample({}, 7.0)]
    assert asked.ask("up", AT) == []
    (series,) = asked.over("vector(1)", AT, AT + 3)
    assert (series.times, series.values) == ((AT, AT + 1, AT + 2, AT + 3), (1.0,) * 4)
    assert asked.targets() == {}


@services.need(services.PROMETHEUS)
@pytest.mark.parametrize(("query", "words"), [("sum(", "parse error"), ("up[1m]", "all values within a range")])
def test_what_it_does_not_understand_is_refused_in_its_words(asked: Prometheus, query: str, words: str) -> None:
    with pytest.raises(QuestionRefused, match=words):
        asked.ask(query, AT)


@services.need(services.PROMETHEUS)
def test_a_cell_may_run_twice_in_one_folder(tmp_path: Path) -> None:
    with Prometheus(EMPTY, tmp_path) as first, Prometheus(EMPTY, tmp_path) as second:
        assert first.ask("vector(1)", AT) == second.ask("vector(1)", AT)


@services.need(services.PROMETHEUS)
def test_a_file_that_it_cannot_read_ends_the_start(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="Prometheus ended at once"):
        Prometheus("scrape_configs: 7\n", tmp_path)


def test_where_it_is_missing_the_way_to_get_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert prometheus.program() is None
    with pytest.raises(CourseError) as caught:
        Prometheus(EMPTY, tmp_path)
    assert caught.value.hint == prometheus.INSTALL
