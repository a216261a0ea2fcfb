import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aoi_modules.errors import RpcError
from aoi_modules.serving.doors import rest_routes


@pytest.mark.parametrize(
    ("method", "path", "action", "name", "version", "label"),
    [
        ("POST", "/v1/models/m:predict", "predict", "m", None, None),
        ("POST", "/V1/Models/m/Versions/12:predict", "predict", "m", 12, None),
        ("POST", "/v1/models/m/labels/stable:regress", "regress", "m", None, "stable"),
        ("POST", "/v1/models/a%20b:classify", "classify", "a b", None, None),
        ("GET", "/v1/models/m", "status", "m", None, None),
        ("GET", "/v1/models/m/versions/0", "status", "m", 0, None),
        ("GET", "/v1/models/m/versions/000000000000000000000123", "status", "m", 123, None),
        ("GET", "/v1/models/m/labels/x%2Fy/metadata", "metadata", "m", None, "x/y"),
        ("GET", "/v1/models/m/METADATA", "status", "m", None, None),
        ("GET", "/v1/models/m?x=1", "status", "m?x=1", None, None),
    ],
)
def test_what_is_asked(method: str, path: str, action: str, name: str, version: int | None, label: str | None) -> None:
    route = rest_routes.parse(method, path)
    assert (route.action, route.spec.name) == (action, name)
    assert (route.spec.version.value if route.spec.HasField("version") else None) == version
    assert (route.spec.version_label or None) == label


@pytest.mark.parametrize(
    ("method", "path", "message"),
    [
        ("GET", "/v1/foo", "Malformed request: GET /v1/foo"),
        ("GET", "/v1/models", "Missing model name in request."),
        ("GET", "/v1/models/debug/model_name", "Malformed request"),
        ("POST", "/v1/models/m", "Malformed request: POST /v1/models/m"),
        ("POST", "/v1/models/m:PREDICT", "Malformed request"),
        ("POST", "/v1/models/m:predict?a=1", "Malformed request"),
        ("POST", "/v1/models/m/label/x:regress", "Malformed request"),
        ("PUT", "/v1/models/m:predict", "Malformed request: PUT"),
        ("HEAD", "/v1/models/m", "Malformed request: HEAD"),
        ("POST", "/v1/models/m/versions/18446744073709551615:regress", "Failed to convert version"),
        ("GET", "/v1/models/m/versions/" + "9" * 5000, "Failed to convert version"),
    ],
)
def test_what_is_refused(method: str, path: str, message: str) -> None:
    assert rest_routes.is_api(path)
    with pytest.raises(RpcError) as caught:
        rest_routes.parse(method, path)
    assert caught.value.code == "INVALID_ARGUMENT"
    assert caught.value.message.startswith(message)


@pytest.mark.parametrize("path", ["/", "/v1", "/v2/models/m", "/monitoring", "/x/v1/models/m"])
def test_other_paths_are_not_of_the_api(path: str) -> None:
    assert not rest_routes.is_api(path)


@given(st.sampled_from(["GET", "POST"]), st.text(max_size=60))
@settings(deadline=None)
def test_any_path_is_read_or_refused(method: str, rest: str) -> None:
    try:
        route = rest_routes.parse(method, f"/v1/models/{rest}")
    except RpcError:
        return
    assert route.spec.name
