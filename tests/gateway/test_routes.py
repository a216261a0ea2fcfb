from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from aoi_modules.client.grpc.addresses import FORMS
from aoi_modules.client.tls import Tls
from aoi_modules.errors import RouteError
from aoi_modules.gateway.routes import Route, Routes, parse_routes, read_routes
from aoi_modules.judging.limits import HeadLimits
from aoi_modules.results.station.plan import CheckPlan

GOOD = """
max_in_flight: 8
components:
  tile:
    model: tile
    upstream: "127.0.0.1:8500"
    version: 3
    timeout_ms: 250
    heads:
      defect: {threshold: 0.5, review_band: [0.4, 0.5]}
      surface: {good: [smooth, rough], threshold: 0.1}
  board: {model: board, upstream: "models.line-7:8500"}
"""


def test_routes_are_read(tmp_path: Path) -> None:
    path = tmp_path / "routes.yaml"
    path.write_text(GOOD)
    assert read_routes(path) == Routes(
        max_in_flight=8,
        components={
            "tile": Route(
                model="tile",
                upstream="127.0.0.1:8500",
                version=3,
                timeout_ms=250,
                heads={
                    "defect": HeadLimits(threshold=0.5, review_band=(0.4, 0.5)),
                    "surface": HeadLimits(good=("smooth", "rough"), threshold=0.1),
                },
            ),
            "board": Route(model="board", upstream="models.line-7:8500"),
        },
    )


def test_what_is_left_out_has_a_default() -> None:
    routes = parse_routes("components: {a: {model: a, upstream: 'h:1'}}", "x")
    assert routes.max_picture_bytes == 20 * 1024 * 1024
    assert routes.max_picture_pixels == 1 << 27
    assert routes.max_in_flight == 64
    assert routes.upload_timeout_ms == 10_000
    assert routes.components["a"] == Route(model="a", upstream="h:1", version=None, timeout_ms=1000, heads={})


def test_routes_cannot_be_changed_or_mixed_up() -> None:
    routes = parse_routes(GOOD, "x")
    with pytest.raises(AttributeError, match="immutable"):
        routes.max_in_flight = 1  # type: ignore[misc]
    with pytest.raises(AttributeError, match="immutable"):
        routes.components["tile"].timeout_ms = 1  # type: ignore[misc]
    with pytest.raises(TypeError, match="positional"):
        Route("127.0.0.1:8500", "tile")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="positional"):
        Routes(routes.components)  # type: ignore[call-arg]


def test_two_routes_to_one_server_speak_to_it_in_one_way() -> None:
    text = "components: {a: {model: a, upstream: 'h:1', tls: {server_name: line}}, b: {model: b, upstream: 'h:1'}}"
    with pytest.raises(RouteError, match="another route speaks to h:1 in another way"):
        parse_routes(text, "x")


def test_who_opens_a_connection_of_their_own_encrypts_it_as_the_route_says() -> None:
    text = "components: {a: {model: a, upstream: 'h:1', tls: {server_name: line}}, b: {model: b, upstream: 'i:1'}}"
    routes = parse_routes(text, "x").components
    assert routes["a"].own_endpoint(3.0).tls == Tls(server_name="line")
    assert routes["b"].own_endpoint(3.0) == routes["b"].endpoint(3.0)


@pytest.mark.parametrize("upstream", ["h:1", "h:65535", "[::1]:8500", "models.line-7:8500", "dns:///models:8500"])
def test_an_address_is_taken(upstream: str) -> None:
    assert Route(model="a", upstream=upstream).upstream == upstream


def test_several_servers_may_have_the_model() -> None:
    text = "components: {tile: {model: tile, upstream: ['a:1', 'b:2']}, one: {model: one, upstream: 'c:3'}}"
    routes = parse_routes(text, "f").components
    assert (routes["tile"].addresses, routes["one"].addresses) == (("a:1", "b:2"), ("c:3",))


@pytest.mark.parametrize(
    ("upstream", "message"),
    [
        ((), "expected at least one HOST:PORT"),
        (("h:1", "h"), "Received: 'h'"),
        (("h:1", "g:1", "h:1"), "h:1 stands twice"),
    ],
)
def test_what_are_no_servers_is_refused(upstream: tuple[str, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Route(model="a", upstream=upstream)


def test_canary_and_shadow_are_as_their_route_but_for_what_they_say() -> None:
    text = (
        "components: {tile: {model: tile, upstream: 'a:1', version: 3, timeout_ms: 70,"
        " heads: {defect: {threshold: 0.5}}, canary: {version: 4, share: 0.25},"
        " shadow: {model: other, upstream: ['b:2', 'c:3']}}}"
    )
    _, canary, shadow = parse_routes(text, "f").components["tile"].variants()
    assert (canary.model, canary.addresses, canary.version, canary.timeout_ms) == ("tile", ("a:1",), 4, 70)
    assert (shadow.model, shadow.addresses, shadow.version, shadow.timeout_ms) == ("other", ("b:2", "c:3"), None, 70)
    assert canary.heads == shadow.heads == {}, "limits are about one model"


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("version: 3, label: stable", "version, label: expected one of them"),
        ("canary: {version: 4}", "missing required field `share`"),
        ("canary: {version: 4, share: 1.5}", "<= 1.0"),
        ("canary: {share: 0.5}", "expected another model, upstream, version or label than the route's"),
        ("shadow: {}", "expected another model, upstream, version or label than the route's"),
        ("shadow: {upstream: nowhere}", f"upstream: expected {FORMS}. Received: 'nowhere'"),
        ("max_in_flight: 0", ">= 1"),
    ],
)
def test_what_is_wrong_with_canary_shadow_and_turns_is_told(field: str, message: str) -> None:
    with pytest.raises(RouteError) as caught:
        parse_routes(f"components: {{tile: {{model: tile, upstream: 'a:1', {field}}}}}", "f")
    assert message in caught.value.message


def test_a_product_says_which_positions_must_have_a_picture() -> None:
    text = (
        "components: {tile: {model: tile, upstream: 'a:1'}}\n"
        "products: {motor: {positions: {left: {component: tile}, top: {component: tile, required: false}}}}"
    )
    assert parse_routes(text, "f").products["motor"].required() == {"left"}


PLANNED = "components: {tile: {model: tile, upstream: 'a:1'}}\nchecks:\n"


def test_a_plan_of_checks_is_read_by_component() -> None:
    text = PLANNED + "  tile: {golden: g, each_shift: true, locks: [failing]}\ncalendar: {shifts: {early: '06:00'}}"
    assert parse_routes(text, "f").checks == {"tile": CheckPlan(golden="g", each_shift=True, locks=("failing",))}
    assert parse_routes(GOOD, "f").checks == {}


@pytest.mark.parametrize(
    ("plans", "message"),
    [
        ("  tile:\n    golden: g\n    every_hours: soon", "f, line 5: checks.tile.every_hours: Expected `float"),
        (
            "  tile:\n    golden: g\n    every_hour: 8",
            "f, line 3: checks.tile: Object contains unknown field",
        ),
        ("  tile:\n    golden: g", "f, line 3: checks.tile: every_hours, each_shift: expected one of them"),
        ("  tile: {golden: g, every_hours: 8}\n  chair: {}", "f, line 4: checks.chair: no component 'chair' is routed"),
        (
            "  tile:\n    golden: g\n    each_shift: true",
            "f, line 5: checks.tile.each_shift: the calendar has no",
        ),
        ("  - tile", "f, line 2: checks: Expected `object`, got `array`"),
    ],
)
def test_what_is_wrong_with_a_plan_is_told_with_its_line(plans: str, message: str) -> None:
    with pytest.raises(RouteError) as caught:
        parse_routes(PLANNED + plans, "f")
    assert caught.value.message.startswith(message)


def test_a_position_of_a_component_without_a_route_is_refused() -> None:
    text = (
        "components: {tile: {model: tile, upstream: 'a:1'}}\nproducts:\n  motor:\n    positions:\n"
        "      left: {component: chair}"
    )
    with pytest.raises(RouteError) as caught:
        parse_routes(text, "f")
    assert caught.value.message == "f, line 5: products.motor.positions.left: no component 'chair' is routed"
    assert caught.value.hint == "components there: tile"


@pytest.mark.parametrize("upstream", ["h", "h:", ":1", "h:0", "h:65536", "h:123456", "::1:8500", "a b:1", "h:1/x"])
def test_what_is_no_address_is_refused(upstream: str) -> None:
    with pytest.raises(ValueError, match="upstream: expected HOST:PORT"):
        Route(model="a", upstream=upstream)


TILE = "components:\n  tile:\n    model: tile\n    upstream: {upstream}\n    heads:\n      defect:\n        {limit}\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected `components:`"),
        ("components: {}", "expected `components:`"),
        ("- a", "expected `components:`"),
        ("a: [", "not valid YAML"),
        ("a: 2024-13-45", "not valid YAML"),
        ("components:\n  tile: 5", "f, line 2: components.tile: Expected `object`, got `int`"),
        ("components:\n  tile: {model: tile}", "f, line 2: components.tile: Object missing required field `upstream`"),
        ("components:\n  a/b: {model: tile, upstream: 'h:1'}", "f, line 2: component name: expected letters"),
        (
            TILE.format(upstream="8500", limit="threshold: 0.5"),
            "f, line 4: components.tile.upstream: Expected `str | array`",
        ),
        (TILE.format(upstream="http://h:1", limit="threshold: 0.5"), "unix:PATH. Received"),
        (TILE.format(upstream="h:99999", limit="threshold: 0.5"), "unix:PATH. Received"),
        (TILE.format(upstream="h:1", limit="threshold: 1.5"), r"f, line 6: components.tile.heads.defect: threshold: "),
        (TILE.format(upstream="h:1", limit="threshold: high"), "line 7: components.tile.heads.defect.threshold: Exp"),
        (TILE.format(upstream="h:1", limit="review_band: [0.5, 0.4]"), "components.tile.heads.defect: review_band: "),
        (TILE.format(upstream="h:1", limit="review_band: [0.5, x]"), "line 7: components.tile.heads.defect.review_ba"),
        (TILE.format(upstream="h:1", limit="treshold: 0.5"), "defect: Object contains unknown field `treshold`"),
        (
            TILE.format(upstream="h:1", limit="threshold: 0.5\n        threshold: 0.9"),
            "line 8: 'threshold' stands twice",
        ),
        (
            TILE.format(upstream="h:1", limit="threshold: 0.5") + "max_in_flight: 0",
            "f, line 8: max_in_flight: Expected",
        ),
        ("components: {a: {model: a, upstream: 'h:1', timeout_ms: 0}}", "components.a.timeout_ms: Expected `int` >= 1"),
        ("components: {a: {model: a, upstream: 'h:1', version: 0}}", "components.a.version: Expected `int` >= 1"),
        ("components: {a: {model: a, upstream: 'h:1'}, a: {model: b, upstream: 'h:1'}}", "line 1: 'a' stands twice"),
        ("components: {a: {model: a, upstream: 'h:1', port: 1}}", "components.a: Object contains unknown field `port`"),
        (
            "components: {a: {model: a, upstream: 'h:1'}}\nmax_flight: 3",
            "f, line 1: routes: Object contains unknown field `max_flight`",
        ),
        (
            TILE.format(upstream="h:1", limit="review_band:\n        - 0.5\n        - x\n        - y"),
            "f, line 7: components.tile.heads.defect.review_band: Expected `array` of length 2, got 3",
        ),
        (
            TILE.format(upstream="h:1", limit="review_band:\n        - 0.5\n        - x"),
            "f, line 9: components.tile.heads.defect.review_band.1: Expected `float`, got `str`",
        ),
        (
            "components: {a: {model: a, upstream: 'h:1'}}\nmore:\n- {b: 1}\n- {c: 1,\n   c: 2}",
            "f, line 5: 'c' stands twice, first in line 4",
        ),
        (
            "base: &base {timeout_ms: 0}\ncomponents:\n  a:\n    model: a\n    upstream: 'h:1'\n    <<: *base",
            "f, line 3: components.a.timeout_ms: Expected `int` >= 1",
        ),
        ("compnents: {a: {model: a, upstream: 'h:1'}}", "expected `components:`"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(text: str, message: str) -> None:
    with pytest.raises(RouteError) as caught:
        parse_routes(text, "f")
    assert message in caught.value.message


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(RouteError, match=r"none\.yaml: cannot be read: No such file"):
        read_routes(tmp_path / "none.yaml")


def test_an_alias_that_leads_back_to_itself_ends() -> None:
    with pytest.raises(RouteError):
        parse_routes("components: {a: &a {model: *a, upstream: 'h:1'}}", "f")


names = st.from_regex(r"[A-Za-z][A-Za-z0-9_.-]{0,8}", fullmatch=True)
scores = st.floats(0, 1)
head_routes = st.builds(
    HeadLimits,
    threshold=st.none() | scores,
    review_band=st.none() | st.tuples(scores, scores).map(lambda band: (min(band), max(band))),
    good=st.lists(names, max_size=2).map(tuple),
)
routes = st.builds(
    Routes,
    components=st.dictionaries(
        names,
        st.builds(
            Route,
            model=names,
            upstream=st.integers(1, 65535).map(lambda port: f"127.0.0.1:{port}"),
            version=st.none() | st.integers(1, 99),
            timeout_ms=st.integers(1, 600_000),
            heads=st.dictionaries(names, head_routes, max_size=2),
        ),
        min_size=1,
        max_size=3,
    ),
    max_in_flight=st.integers(1, 1000),
)


@settings(max_examples=30, deadline=None)
@given(routes)
def test_routes_survive_yaml(routes: Routes) -> None:
    assert parse_routes(yaml.safe_dump(msgspec.to_builtins(routes)), "f") == routes


@settings(max_examples=30, deadline=None)
@given(
    st.text(max_size=60)
    | st.recursive(
        st.text(max_size=5),
        lambda inner: st.dictionaries(
            st.sampled_from(["components", "a", "heads", "model", "upstream"]), inner, max_size=3
        ),
        max_leaves=6,
    ).map(yaml.safe_dump)
)
def test_any_text_gives_routes_or_a_route_error(text: str) -> None:
    with suppress(RouteError):
        assert parse_routes(text, "f").components
