"""What the lesson starts has pictures of each component, routes for each, and a file that Prometheus takes."""

from dataclasses import replace

import yaml

from aoi_modules.study.watching import questions, recorded, scene
from aoi_modules.study.watching.answers import Sample
from aoi_modules.study.watching.watch import Watch


def test_each_component_has_pictures_and_a_route() -> None:
    pictures, origins = scene.shots()
    assert set(pictures) == set(scene.COMPONENTS) == set(scene.routes())
    assert {len(shots) for shots in pictures.values()} == {scene.COUNT}
    assert [origin.name for origin in origins] == ["magnetic-tile", "fashion-mnist"]


def test_prometheus_asks_each_service_where_its_metrics_are() -> None:
    config = yaml.safe_load(scene.config({"gateway": ["127.0.0.1:1"], "model-server": ["127.0.0.1:2"]}))
    assert config["global"]["scrape_interval"] == "1s"
    asked = {job["job_name"]: (job["metrics_path"], job["static_configs"]) for job in config["scrape_configs"]}
    assert asked == {
        "gateway": ("/metrics", [{"targets": ["127.0.0.1:1"]}]),
        "model-server": ("/monitoring/prometheus/metrics", [{"targets": ["127.0.0.1:2"]}]),
    }


class Less:
    """Answers as the recording, but nothing to one question."""

    def __init__(self, nothing: str) -> None:
        self.recording, self.nothing = recorded.read(), nothing

    def ask(self, query: str, at: float) -> list[Sample]:
        return [] if query == self.nothing else self.recording.ask(query, at)

    def over(self, query: str, start: float, end: float) -> list[object]:
        return []


def test_a_shift_that_was_not_seen_whole_is_told_from_one_that_was() -> None:
    whole = recorded.read().watch()
    assert scene.complete(whole)
    for query in (questions.share("REVIEW", whole.window), questions.slowest(whole.window)):
        assert not scene.complete(Watch(Less(query), whole.shift, whole.window, "a test"))  # type: ignore[arg-type]
    swapped = replace(whole.shift, faults={"A": "drift", "B": "bad version"})
    assert not scene.complete(Watch(recorded.read(), swapped, whole.window, "a test")), "no newer version judged in B"
