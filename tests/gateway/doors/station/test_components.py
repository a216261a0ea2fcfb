"""What is told of a component: its models, its servers, and the limits that hold here."""

from typing import Any

import msgspec

from aoi_modules.gateway.doors.station.components import Component, components_of
from aoi_modules.gateway.routes import parse_routes
from aoi_modules.gateway.states import RouteState
from aoi_modules.gateway.watching.optics import View
from aoi_modules.judging.inspection import ModelVersion
from aoi_modules.judging.limits import SetLimits
from aoi_modules.modelstore.reference import FEWEST, Reference
from aoi_modules.pictures.quality import Quality
from tests.client.model_server import manifest


def told(route: str, view: View | None = None, **state: Any) -> Component:
    """What is told of one component, by its route in YAML, how its pictures are, and its state."""
    text = f"components: {{tile: {{model: tile, upstream: 'a:1', {route}}}}}"
    routes = parse_routes(text, "routes.yaml").components
    limits = {**routes["tile"].limits_of(state.get("version")), **state.pop("limits", {})}
    found = RouteState(**{"route": routes["tile"], "ready": True, "limits": limits, **state})
    return components_of({"tile": found}, lambda _: view or View()).components[0]


def test_the_manifests_limits_hold_where_the_route_is_silent() -> None:
    component = told("", version=3, manifest=manifest(3))
    assert component.model == ModelVersion(name="tile", version=3)
    defect, surface = component.heads
    assert (defect.kind, defect.labels, defect.threshold, defect.review_band) == ("defect", ("crack",), 0.5, (0.4, 0.5))
    assert (surface.kind, surface.threshold, surface.good, surface.detail) == ("class", None, (), "")


def test_the_routes_limits_hold_over_the_manifests() -> None:
    component = told("heads: {defect: {threshold: 0.2}}", manifest=manifest())
    assert (component.heads[0].threshold, component.heads[0].review_band) == (0.2, None)


def test_the_stations_limits_hold_over_the_routes_and_say_which_they_are() -> None:
    set_limits = {"defect": SetLimits(threshold=0.7, number=12)}
    head = told("heads: {defect: {threshold: 0.2}}", manifest=manifest(), limits=set_limits).heads[0]
    assert (head.threshold, head.limits_from, head.limits_number) == (0.7, "station", 12)


def test_good_labels_of_a_class_head() -> None:
    component = told("heads: {surface: {good: [smooth], threshold: 0.3}}", manifest=manifest())
    assert (component.heads[1].good, component.heads[1].threshold) == (("smooth",), 0.3)


def test_a_limit_that_does_not_fit_is_told_and_none_is_made_up() -> None:
    head = told("heads: {surface: {good: [shiny], threshold: 0.3}}", manifest=manifest()).heads[1]
    assert (head.threshold, head.good) == (None, ())
    assert "no labels ['shiny']" in head.detail


def test_without_a_manifest_the_route_alone_is_told() -> None:
    component = told("version: 2, heads: {defect: {threshold: 0.2}}", ready=False, detail="away")
    assert (component.model.version, component.available, component.detail) == (2, False, "away")
    assert [(head.name, head.kind, head.threshold) for head in component.heads] == [("defect", None, 0.2)]


def test_servers_and_variants() -> None:
    component = told(
        "canary: {version: 4, share: 0.05}, shadow: {label: next}", servers={"a:1": "", "b:1": "nobody answers"}
    )
    assert [(server.address, server.available, server.detail) for server in component.servers] == [
        ("a:1", True, ""),
        ("b:1", False, "nobody answers"),
    ]
    body = msgspec.to_builtins(component)
    assert (body["canary"]["version"], body["canary"]["share"], body["shadow"]["label"]) == (4, 0.05, "next")


def test_pictures_are_told_against_those_that_the_version_in_service_learnt_from() -> None:
    learnt, earlier = (Reference.of([Quality(level, 20.0)] * FEWEST) for level in (0.5, 0.9))
    view = View(reference=earlier)
    view.measured.extend([Quality(0.5 - 2 / 255, 20.0)] * FEWEST)
    pictures = told("", view, manifest=msgspec.structs.replace(manifest(), reference=learnt)).pictures
    assert (pictures.present, pictures.reference) == (view.present, learnt)
    assert pictures.drift is not None
    assert round(pictures.drift.brightness, 6) == -2.0
    away = told("", view, ready=False, detail="away").pictures
    assert away.reference == earlier, "the last that is known"
    untold = told("", view, manifest=manifest()).pictures
    assert (untold.reference, untold.drift) == (None, None)
    nothing = told("", manifest=manifest()).pictures
    assert (nothing.present, nothing.reference, nothing.drift) == (None, None, None)
