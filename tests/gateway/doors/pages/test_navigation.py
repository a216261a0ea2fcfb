"""The navigation leads to pages that are there."""

from aoi_modules.gateway.doors.pages.app import PAGES
from aoi_modules.gateway.doors.pages.navigation import ENTRIES


def test_every_entry_has_a_route() -> None:
    assert {entry.path for entry in ENTRIES} <= {route.path for route in PAGES}


def test_no_two_entries_are_alike() -> None:
    for names in ([entry.path for entry in ENTRIES], [entry.title for entry in ENTRIES]):
        assert len(set(names)) == len(names)
