"""Rooms, settings, data, Jobs, the line: in this order."""

from aoi_modules.cluster.live.order import stages
from tests.cluster.live.objects import line
from tests.cluster.overlays import OVERLAYS, overlay


def test_what_others_need_comes_first() -> None:
    found = stages(line())
    assert [(stage.title, [one["kind"] for one in stage.objects], stage.awaited) for stage in found] == [
        ("rooms", ["Namespace"], False),
        ("settings", ["ConfigMap"], False),
        ("data", ["StatefulSet"], True),
        ("jobs", ["Job"], True),
        ("the line", ["Deployment"], False),
    ]


def test_every_object_of_an_overlay_is_in_one_stage() -> None:
    for name in OVERLAYS:
        objects = overlay(name)
        assert sorted(map(str, objects)) == sorted(str(one) for stage in stages(objects) for one in stage.objects)
        data = next(stage for stage in stages(objects) if stage.title == "data")
        assert {one["metadata"]["name"] for one in data.objects} == {"postgresql", "object-store"}
