import asyncio
import re
import shutil
from pathlib import Path

import msgspec
import pytest
from prometheus_client.parser import text_string_to_metric_families

from aoi_modules.errors import Unreachable
from aoi_modules.gateway.line import Line
from aoi_modules.gateway.metrics import Metrics
from aoi_modules.gateway.routes import Routes, parse_routes
from aoi_modules.judging.inspection import HeadResult, Inspection, ModelVersion
from aoi_modules.logs import event_log
from aoi_modules.results.home import at_home
from aoi_modules.verdict import Verdict
from tests.gateway.conftest import Arriving, inspect
from tests.results.records import record


def samples(metrics: Metrics) -> dict[tuple[str, str], float]:
    """Values by name and component."""
    families = text_string_to_metric_families(metrics.text().decode())
    return {
        (sample.name, sample.labels["component"]): sample.value
        for family in families
        for sample in family.samples
        if "le" not in sample.labels and not sample.name.endswith("_created")
    }


def test_what_was_counted_stands_on_the_page() -> None:
    metrics = Metrics()
    metrics.requests.labels("tile", 200).inc()
    metrics.verdicts.labels("tile", "PASS").inc(2)
    metrics.upstream_seconds.labels("tile").observe(0.25)
    with metrics.in_flight.labels("tile").track_inprogress():
        during = samples(metrics)
    assert during == {
        ("aoi_gateway_requests_total", "tile"): 1.0,
        ("aoi_gateway_verdicts_total", "tile"): 2.0,
        ("aoi_gateway_upstream_seconds_count", "tile"): 1.0,
        ("aoi_gateway_upstream_seconds_sum", "tile"): 0.25,
        ("aoi_gateway_in_flight", "tile"): 1.0,
    }
    assert samples(metrics)["aoi_gateway_in_flight", "tile"] == 0.0


def test_two_gateways_in_a_process_do_not_mix() -> None:
    one, other = Metrics(), Metrics()
    one.requests.labels("tile", 200).inc()
    assert samples(one)
    assert samples(other) == {}


@pytest.mark.parametrize(("seconds", "bound", "below"), [(0.001, "0.002", 1), (3.0, "5.0", 1), (3.0, "2.0", 0)])
def test_times_fall_into_buckets_that_fit_inspections(seconds: float, bound: str, below: int) -> None:
    metrics = Metrics()
    metrics.upstream_seconds.labels("tile").observe(seconds)
    lines = metrics.text().decode().splitlines()
    assert [float(line.rpartition(" ")[2]) for line in lines if f'le="{bound}"' in line] == [below]


def test_a_judged_part_counts_by_verdict_stage_and_score() -> None:
    metrics = Metrics()
    head = HeadResult(
        name="defect", kind="defect", label="crack", score=0.42, scores=None, threshold=0.5, review_band=None,
        verdict=Verdict.PASS,
    )  # fmt: skip
    told = msgspec.structs.replace(head, name="size", threshold=None)
    model = ModelVersion(name="tile", version=1)
    inspection = Inspection(component="tile", verdict=Verdict.PASS, model=model, heads=(head, told))
    metrics.judged(inspection, {"wait": 0.5, "model": 4.0})
    page = metrics.text().decode()
    assert 'aoi_gateway_verdicts_total{component="tile",verdict="PASS"} 1.0' in page
    assert 'aoi_gateway_stage_seconds_sum{component="tile",stage="model"} 0.004' in page
    assert 'aoi_gateway_scores_bucket{component="tile",head="defect",le="0.45"} 1.0' in page
    assert 'aoi_gateway_scores_bucket{component="tile",head="defect",le="0.4"} 0.0' in page
    assert 'head="size"' not in page, "it judges nothing"


def test_how_far_the_records_are(tmp_path: Path) -> None:
    async def act() -> tuple[str, str]:
        metrics = Metrics()
        with at_home(tmp_path) as home:
            recorder = home.open(event_log())
            metrics.watch(recorder, home.folder)
            await recorder.start(10)
            await recorder.keep(record(1))
            before = metrics.text().decode()
            await recorder.keep(record(2), committed_within=10)
            after = metrics.text().decode()
            await recorder.close()
        return before, after

    before, after = asyncio.run(act())
    assert 'aoi_gateway_spool_behind_bytes{place="database"} 0.0' not in before
    assert 'aoi_gateway_spool_behind_bytes{place="database"} 0.0' in after
    for page in (before, after):
        assert 'aoi_gateway_place_away{place="pictures"} 0.0' in page
        assert 'aoi_gateway_records_refused{place="database"} 0.0' in page
        free, size = (
            float(re.findall(rf'spool_disk_bytes{{bytes="{kind}"}} (\S+)', page)[0]) for kind in ("free", "size")
        )
        assert 0 < free < size == shutil.disk_usage(tmp_path).total


def test_deadlines_and_every_model_that_may_be_asked_stand_on_the_page_from_the_start(free_port: int) -> None:
    metrics, address = Metrics(), f"127.0.0.1:{free_port}"

    def routes(component: str, more: str = "") -> Routes:
        return parse_routes(
            f"components: {{{component}: {{model: {component}, upstream: '{address}'{more}}}}}", "routes"
        )

    async def act() -> tuple[str, str]:
        line = Line(routes("tile", ", timeout_ms: 250, canary: {model: new, share: 1}"), metrics, event_log())
        before = metrics.text().decode()
        with pytest.raises(Unreachable):
            await inspect(line, "tile", Arriving())
        assert f'aoi_gateway_model_away{{model="new",upstream="{address}"}} 1.0' in metrics.text().decode()
        line.use(routes("chair"))
        after = metrics.text().decode()
        await line.close()
        return before, after

    before, after = asyncio.run(act())
    assert 'aoi_gateway_deadline_seconds{component="tile"} 0.25' in before
    for model in ("tile", "new"):
        assert f'aoi_gateway_model_away{{model="{model}",upstream="{address}"}} 0.0' in before
    assert 'aoi_gateway_deadline_seconds{component="chair"} 1.0' in after
    assert 'component="tile"' not in after.partition("aoi_gateway_deadline_seconds")[2].partition("# ")[0]
    assert 'model="new"' not in after, "nobody asks about it any more"
