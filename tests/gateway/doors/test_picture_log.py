"""The line of a picture: the same names whatever came of it."""

import io
import json
import time
from typing import Any

import grpc
import msgspec
import requests

from aoi_modules.errors import NoPicture, RpcError
from aoi_modules.gateway.doors import picture_log
from aoi_modules.gateway.launcher import RunningGateway
from aoi_modules.gateway.line import Answer
from aoi_modules.judging.inspection import Inspection, ModelVersion
from aoi_modules.logs import event_log
from aoi_modules.verdict import Verdict
from tests.client.model_server import ModelServer
from tests.gateway.conftest import StartGateway, picture_bytes

PICTURE = picture_bytes()
ROUTES = """
components:
  tile: {{model: tile, upstream: "{0}"}}
  nowhere: {{model: nothing, upstream: "{0}"}}
"""
FOUND = Inspection(component="tile", verdict=Verdict.FAIL, model=ModelVersion(name="tile", version=3), heads=())


def line_of(stream: io.StringIO) -> dict[str, Any]:
    line: dict[str, Any] = json.loads(stream.getvalue())
    assert line.pop("ms") >= 0
    del line["timestamp"]
    return line


def test_a_picture_that_has_its_verdict() -> None:
    stream = io.StringIO()
    log = event_log(stream).bind(request_id="r1", component="tile")
    picture_log.inspected(log, Answer(FOUND, address="10.0.0.7:8500"), "OK", time.perf_counter())
    assert line_of(stream) == {
        "event": "inspected", "level": "info", "request_id": "r1", "component": "tile", "status": "OK",
        "inspection": None, "verdict": "FAIL", "model": "tile", "version": 3, "address": "10.0.0.7:8500",
    }  # fmt: skip


def test_a_repeat_was_answered_by_no_model_server() -> None:
    stream = io.StringIO()
    picture_log.inspected(event_log(stream), Answer(FOUND), 200, time.perf_counter())
    assert line_of(stream)["address"] is None


def test_a_refusal_names_the_model_server_where_one_was_asked() -> None:
    stream, error = io.StringIO(), RpcError("INTERNAL", "the graph broke")
    error.address = "10.0.0.7:8500"
    picture_log.refused(event_log(stream), error, 502, time.perf_counter(), problem="model-disagrees")
    assert line_of(stream) == {
        "event": "refused", "level": "warning", "status": 502, "problem": "model-disagrees",
        "address": "10.0.0.7:8500", "detail": "the graph broke",
    }  # fmt: skip
    stream = io.StringIO()
    picture_log.refused(event_log(stream), NoPicture(), 400, time.perf_counter())
    assert "address" not in line_of(stream)


def lines_of(gateway: RunningGateway, request_id: str) -> list[dict[str, object]]:
    """What the log says about a request, without what changes from run to run."""
    lines = [json.loads(line) for line in gateway.process.log_tail(50).splitlines()]
    found = [line for line in lines if line.pop("request_id", None) == request_id]
    for line in found:
        assert line.pop("ms") > 0
        del line["timestamp"]
        assert (line["event"] == "inspected") <= ("inspection" in line)
        line.pop("inspection", None)
    return found


def test_a_line_names_the_inspection_under_which_it_is_recorded() -> None:
    stream = io.StringIO()
    answer = Answer(msgspec.structs.replace(FOUND, id="0190"))
    picture_log.inspected(event_log(stream), answer, 200, time.perf_counter())
    assert line_of(stream)["inspection"] == "0190"


def test_a_log_is_bound_to_components_of_the_routes_alone(
    start_gateway: StartGateway, model_server: ModelServer
) -> None:
    gateway = start_gateway(ROUTES.format(model_server.address))
    headers = {"X-Request-Id": "log-unknown"}
    requests.post(f"{gateway.url}/v1/inspect/flood-1?unit=SN1", data=PICTURE, headers=headers, timeout=10)
    requests.post(f"{gateway.url}/v1/inspect/flood-2?purpose=x", data=PICTURE, headers=headers, timeout=10)
    requests.post(f"{gateway.url}/v1/units/SN2/inspect", files={"flood-3": PICTURE}, headers=headers, timeout=10)
    found = lines_of(gateway, "log-unknown")
    assert len(found) >= 3
    assert all("component" not in line for line in found)
    assert "flood-1" in str(found[0]["detail"])


def test_one_log_line_an_inspection(start_gateway: StartGateway, model_server: ModelServer) -> None:
    gateway = start_gateway(ROUTES.format(model_server.address))
    url = f"{gateway.url}/v1/inspect/tile?unit=SN1"
    requests.post(url, data=PICTURE, headers={"X-Request-Id": "log-good"}, timeout=10)
    requests.post(url, data=b"x", headers={"X-Request-Id": "log-bad"}, timeout=10)
    model_server.refusal = (grpc.StatusCode.INTERNAL, "the graph broke")
    requests.post(url, data=PICTURE, headers={"X-Request-Id": "log-refused"}, timeout=10)
    about = {"component": "tile", "unit": "SN1"}
    assert lines_of(gateway, "log-good") == [
        {
            "event": "inspected", "level": "info", **about, "status": 200, "verdict": "PASS", "model": "tile",
            "version": 1, "address": model_server.address,
        }
    ]  # fmt: skip
    (bad,), (refused,) = lines_of(gateway, "log-bad"), lines_of(gateway, "log-refused")
    assert bad.pop("detail")
    assert bad == {"event": "refused", "level": "warning", **about, "status": 415, "problem": "not-a-picture"}
    assert refused == {
        "event": "refused", "level": "warning", **about, "status": 502, "problem": "model-disagrees",
        "address": model_server.address, "detail": "the graph broke",
    }  # fmt: skip


def test_one_log_line_a_picture_of_a_unit_and_one_for_the_unit(
    start_gateway: StartGateway, model_server: ModelServer
) -> None:
    gateway = start_gateway(ROUTES.format(model_server.address))
    files = {name: (f"{name}.png", PICTURE) for name in ("tile", "nowhere")}
    url, headers = f"{gateway.url}/v1/units/SN2/inspect", {"X-Request-Id": "log-unit"}
    assert requests.post(url, files=files, headers=headers, timeout=10).status_code == 200
    lines = {(line["event"], line.get("component")): line for line in lines_of(gateway, "log-unit")}
    good, bad, unit = lines["inspected", "tile"], lines["refused", "nowhere"], lines["unit inspected", None]
    assert len(lines) == 3
    assert {line["unit"] for line in lines.values()} == {"SN2"}
    assert (good["position"], good["status"], good["address"]) == ("tile", 200, model_server.address)
    assert (bad["position"], bad["status"], bad["address"]) == ("nowhere", 502, model_server.address)
    assert (unit["status"], unit["verdict"]) == (200, "REVIEW")
    assert {one["x-request-id"] for one in model_server.beside if "x-request-id" in one} == {"log-unit"}
