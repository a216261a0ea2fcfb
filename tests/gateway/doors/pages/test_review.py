"""Names of defects that the review page offers."""

import msgspec

from aoi_modules.gateway.doors.pages.review import labels_of, offered
from aoi_modules.gateway.routes import parse_routes
from aoi_modules.gateway.states import RouteState
from aoi_modules.judging.limits import HeadLimits
from aoi_modules.modelstore.manifest import Head
from tests.client.model_server import manifest

ROUTE = parse_routes('components: {tile: {model: tile, upstream: "a:1"}}', "routes.yaml").components["tile"]


def test_the_models_defects_are_offered_before_those_that_people_used() -> None:
    assert offered(["crack", "stain"], ["stain", "dust"]) == ["crack", "stain", "dust"]


def test_defects_are_what_heads_that_judge_call_not_good() -> None:
    kinds = Head(name="kind", kind="class", labels=("good", "crack", "stain"), good=("good",))
    heads = (*manifest().heads, kinds)  # a defect head, and a class head that judges nothing
    with_kinds = msgspec.structs.replace(manifest(), heads=heads)
    assert labels_of(RouteState(ROUTE, True, manifest=with_kinds)) == ["crack", "crack", "stain"]
    judged = {"kind": HeadLimits(good=("good", "stain"), threshold=0.5)}
    assert labels_of(RouteState(ROUTE, True, manifest=with_kinds, limits=judged)) == ["crack", "crack"]


def test_without_a_manifest_nothing_is_known() -> None:
    assert labels_of(None) == labels_of(RouteState(ROUTE, False)) == []
