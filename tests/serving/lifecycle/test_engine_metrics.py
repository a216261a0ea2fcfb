"""Which engine runs what: on the page for Prometheus, and for clients that ask."""

from functools import partial
from pathlib import Path

import grpc
import numpy as np
from google.protobuf.wrappers_pb2 import StringValue
from prometheus_client.parser import text_string_to_metric_families

from aoi_modules.serving.answering.servable import Servable
from aoi_modules.serving.batching.parameters import Batching
from aoi_modules.serving.batching.policy import Policy
from aoi_modules.serving.launchers.embedded import EmbeddedServer
from aoi_modules.serving.lifecycle.engine_metrics import MAX_PATHS, EngineMetrics
from aoi_modules.serving.monitoring import DEFAULT_PATH
from aoi_modules.wire.messages import GetModelMetadataRequest, GetModelMetadataResponse
from tests.serving.calls import call, http
from tests.serving.fake_engine import DoublingEngine, run


def values(page: str) -> dict[tuple[str, ...], float]:
    families = text_string_to_metric_families(page)
    return {(s.name, *s.labels.values()): s.value for family in families for s in family.samples}


def test_engines_and_batches_of_what_is_loaded() -> None:
    metrics = EngineMetrics()
    assert all(line.startswith("# TYPE ") for line in metrics.lines())
    servables = [Servable('a"b', version, DoublingEngine(), batching=Policy()) for version in (1, 2)]
    for servable in servables:
        metrics.add(servable)
    for count in (2, 3):
        run(servables[0], {"x": np.ones(count, np.float32)})
    read = values("\n".join(metrics.lines()) + "\n")
    assert read[(":aoi:serving:model_engine", 'a"b', "1", "doubling")] == 1
    assert read[(":aoi:serving:batches_total", 'a"b', "1")] == 2
    assert read[(":aoi:serving:batch_rows_total", 'a"b', "1")] == 5
    assert read[(":aoi:serving:batches_total", 'a"b', "2")] == 0
    servables[0].retire(lambda: None)
    assert {key[2] for key in values("\n".join(metrics.lines()) + "\n")} == {"2"}


def test_warm_ups_are_timed_by_version_directory() -> None:
    metrics = EngineMetrics()
    metrics.warmed_up(Path("/models/a/1"), records=3, seconds=0.5)
    for number in range(2 * MAX_PATHS):
        metrics.warmed_up(Path(f"/models/b/{number}"), records=1, seconds=0.5)
    page = "\n".join(metrics.lines())
    assert ':tensorflow:serving:model_warmup_latency_sum{model_path="/models/a/1",status="OK"} 500000' in page
    assert ':tensorflow:serving:model_warmup_records_read{model_path="/models/a/1"} 3' in page
    assert page.count("model_warmup_latency_sum") == MAX_PATHS + 1


def test_batches_of_a_model_are_counted_and_their_waits_timed() -> None:
    metrics = EngineMetrics()
    ran = partial(metrics.batch_ran, "pool")
    servable = Servable("m", 1, DoublingEngine(), batching=Policy.of(Batching()), ran=ran)
    for _ in range(2):
        run(servable, {"x": np.ones(3, np.float32)})
    page = "\n".join(metrics.lines())
    assert ":tensorflow:serving:batching_session:wrapped_run_count{} 2" in page
    assert ':tensorflow:serving:batching_session:queuing_latency_count{thread_pool_name="pool"} 2' in page


def test_requests_without_rows_are_counted() -> None:
    servable = Servable("m", 1, DoublingEngine())
    run(servable, {"x": np.ones(7, np.float32)})  # not merged
    assert (servable.batches, servable.rows) == (1, 1)


def test_the_page_of_a_server_says_which_engine_runs_a_model(server: EmbeddedServer) -> None:
    page = http(f"{server.rest}{DEFAULT_PATH}")[1].decode()
    assert ':aoi:serving:model_engine{model_name="half",version="1",engine="tensorflow"} 1' in page


def test_who_asks_for_the_engine_hears_it(channel: grpc.Channel) -> None:
    request = GetModelMetadataRequest(metadata_field=["engine"])
    request.model_spec.name = "half"
    answer = call(channel, "tensorflow.serving.PredictionService/GetModelMetadata", request, GetModelMetadataResponse)
    name = StringValue()
    assert answer.metadata["engine"].Unpack(name)
    assert name.value == "tensorflow"
    assert list(answer.metadata) == ["engine"]  # signatures only for those who ask for them
