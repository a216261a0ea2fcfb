from dataclasses import replace
from pathlib import Path

import msgspec

from aoi_modules.gateway.routes import parse_routes
from aoi_modules.line.routing import AUDIT, text_of
from aoi_modules.line.servables import Servable
from aoi_modules.modelstore.manifest import Head, Manifest, PictureInput

JUDGE = Head(name="defect", kind="defect", labels=("good", "defect"), threshold=0.5)
PLAIN = Manifest(component="tile", version=1, heads=(JUDGE,), picture=PictureInput(height=8, width=8, channels=1))


def test_each_servable_has_a_route_by_its_label_that_the_gateway_takes() -> None:
    price = Head(name="price", kind="value", labels=())
    houses = msgspec.structs.replace(PLAIN, component="houses", heads=(price,))
    tile = Servable(Path("tile/1"), PLAIN)
    routes = parse_routes(text_of([tile, replace(tile, manifest=houses)], 8500), "routes.yaml")
    assert list(routes.components) == ["tile", "houses"]
    for name, route in routes.components.items():
        assert (route.model, route.label, route.addresses) == (name, "stable", ("127.0.0.1:8500",))
    assert [route.audit for route in routes.components.values()] == [AUDIT, 0.0], "who judges nothing has no audit"
    assert routes.retention.PASS is not None
