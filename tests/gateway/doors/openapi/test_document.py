"""The document fits the app: every route, every status, valid OpenAPI, and schemas by which real answers are right."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from starlette.routing import Route

from aoi_modules import logs
from aoi_modules.gateway.doors.http_app import build_app
from aoi_modules.gateway.doors.openapi.document import document_of
from aoi_modules.gateway.doors.openapi.operations import operations
from aoi_modules.gateway.doors.problems import FAULT, REFUSALS, refusals_of
from aoi_modules.gateway.doors.shared import Gateway
from aoi_modules.gateway.launcher import RunningGateway
from aoi_modules.gateway.metrics import Metrics
from aoi_modules.gateway.routes import parse_routes
from tests.client.model_server import ModelServer
from tests.gateway.conftest import picture_bytes

ROUTES = """
components: {{tile: {{model: tile, upstream: "{address}", store: all, recording: committed,
  canary: {{version: 2, share: 0.000001}}, shadow: {{version: 3}}}}}}
products: {{motor: {{positions: {{left: {{component: tile}}, right: {{component: tile}}}}}}}}
"""


@pytest.fixture(scope="module")
def routes() -> list[Route]:
    app = build_app(Gateway(parse_routes(ROUTES.format(address="a:1"), "routes.yaml"), Metrics(), logs.event_log()))
    return [route for route in app.routes if isinstance(route, Route) and route.include_in_schema]


@pytest.fixture(scope="module")
def document(routes: list[Route]) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(json.dumps(document_of(routes)))
    return read


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    folder = tmp_path_factory.mktemp("gateway")
    with ModelServer() as server:
        (folder / "routes.yaml").write_text(ROUTES.format(address=server.address))
        with RunningGateway(folder / "routes.yaml", results=folder / "results") as gateway:
            yield gateway


def described(document: dict[str, Any]) -> set[str]:
    return {f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods}


def test_every_route_is_described_and_the_reverse(routes: list[Route], document: dict[str, Any]) -> None:
    there = {f"{method} {route.path_format}" for route in routes for method in (route.methods or set()) - {"HEAD"}}
    assert described(document) == there == set(operations())


def test_it_is_valid_openapi(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document).validate()


def test_each_operation_says_what_it_is_for(document: dict[str, Any]) -> None:
    for methods in document["paths"].values():
        for operation in methods.values():
            assert operation["summary"].endswith(".")
            assert operation["tags"]


def test_every_status_of_a_refusal_is_there_as_problem_details(document: dict[str, Any]) -> None:
    for name, operation in operations().items():
        method, path = name.split()
        responses = document["paths"][path][method.lower()]["responses"]
        refusals = [refusal for error in operation.refusals for refusal in refusals_of(error)]
        for refusal in [*refusals, FAULT]:
            response = responses[str(refusal.status)]
            assert refusal.kind in response["description"]
            problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}
            assert response["content"] == problem | ({"text/html": {}} if name == "POST /login" else {})
            assert "Retry-After" not in refusal.headers or "Retry-After" in response["headers"]
    statuses = {
        int(status) for methods in document["paths"].values() for of in methods.values() for status in of["responses"]
    }
    assert {refusal.status for refusal in REFUSALS.values()} <= statuses


def test_answers_have_every_field_and_may_have_more(document: dict[str, Any]) -> None:
    sent = {body.__name__ for operation in operations().values() if isinstance(body := operation.body, type)}
    for name, schema in document["components"]["schemas"].items():
        if name not in {"ProblemDetails", *sent} and "properties" in schema:
            assert schema["required"] == list(schema["properties"]), name
        assert (schema.get("additionalProperties") is False) is (name in sent), name
    assert document["components"]["schemas"]["ProblemDetails"]["required"] == ["type", "title", "status", "detail"]


def check(gateway: RunningGateway, method: str, path: str, template: str, status: int, **content: Any) -> Any:
    """Holds a real answer against the document; gives it."""
    document = requests.get(f"{gateway.url}/openapi.json", timeout=10).json()
    answer = requests.request(method, f"{gateway.url}{path}", timeout=10, **content)
    assert answer.status_code == status, answer.text
    response = document["paths"][template][method.lower()]["responses"][str(status)]
    media_type = answer.headers["Content-Type"].partition(";")[0]
    schema = response["content"][media_type].get("schema", {})
    OAS31Validator({**schema, "components": document["components"]}).validate(answer.json())
    assert set(response.get("headers", {})) <= set(map(str.title, answer.headers))
    return answer.json()


def test_real_answers_are_as_described(gateway: RunningGateway) -> None:
    one, unit = "/v1/inspect/{component}", "/v1/units/{unit}"
    picture, pair = picture_bytes(), {"left": picture_bytes(), "right": picture_bytes("JPEG")}
    found = check(gateway, "POST", "/v1/inspect/tile?unit=SN1&product=motor&position=left", one, 200, data=picture)
    check(gateway, "POST", "/v1/units/SN2/inspect?product=motor", f"{unit}/inspect", 200, files=pair)
    check(gateway, "POST", "/v1/units/SN1/close?product=motor", f"{unit}/close", 200)
    assert check(gateway, "GET", "/v1/units/SN1", unit, 200)["verdicts"]
    assert check(gateway, "GET", "/v1/inspections?limit=2", "/v1/inspections", 200)["cursor"]
    check(gateway, "GET", f"/v1/inspections/{found['id']}", "/v1/inspections/{id}", 200)
    assert check(gateway, "GET", "/v1/components", "/v1/components", 200)["components"][0]["shadow"]
    check(gateway, "GET", "/healthz", "/healthz", 200)
    check(gateway, "GET", "/readyz", "/readyz", 200)


def test_real_refusals_are_as_described(gateway: RunningGateway) -> None:
    one = "/v1/inspect/{component}"
    assert check(gateway, "POST", "/v1/inspect/chair", one, 404, data=picture_bytes())["components"] == ["tile"]
    check(gateway, "POST", "/v1/inspect/tile", one, 400)
    check(gateway, "POST", "/v1/inspect/tile", one, 415, data=b"no picture")
    check(gateway, "GET", "/v1/units/unheard", "/v1/units/{unit}", 404)
    check(gateway, "GET", "/v1/inspections?colour=red", "/v1/inspections", 400)


def test_a_model_server_that_is_away(tmp_path: Path) -> None:
    (tmp_path / "routes.yaml").write_text('components: {tile: {model: tile, upstream: "127.0.0.1:1"}}')
    with RunningGateway(tmp_path / "routes.yaml") as gateway:
        refused = check(gateway, "POST", "/v1/inspect/tile", "/v1/inspect/{component}", 503, data=picture_bytes())
        assert refused["code"] == "UNAVAILABLE"
        assert "tile" in check(gateway, "GET", "/readyz", "/readyz", 503)["away"]
        assert check(gateway, "GET", "/v1/components", "/v1/components", 200)["components"][0]["available"] is False
