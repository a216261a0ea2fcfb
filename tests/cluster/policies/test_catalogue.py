"""The line's own overlays keep every rule, and every rule is broken by somebody's mistake."""

import importlib
import inspect

import pytest

from aoi_modules.cluster.policies.catalogue import RULES, broken_policies
from tests.cluster.overlays import OVERLAYS, Mistake, one, overlay

ROOMS = ("changes", "confinement", "images", "probes", "references", "resources", "rooms", "secrets", "ways")
MISTAKES: list[Mistake] = [
    mistake for room in ROOMS for mistake in importlib.import_module(f"tests.cluster.policies.test_{room}").MISTAKES
]


@pytest.mark.parametrize("name", OVERLAYS)
def test_the_overlays_keep_the_rules(name: str) -> None:
    assert broken_policies(overlay(name)) == []


def test_every_rule_that_is_written_stands_in_the_catalogue_and_is_broken_by_a_mistake() -> None:
    modules = [importlib.import_module(f"aoi_modules.cluster.policies.{room}") for room in ROOMS]
    written = {
        rule
        for module in modules
        for name, rule in inspect.getmembers(module, inspect.isfunction)
        if rule.__module__ == module.__name__ and not name.startswith("_")
    }
    assert written == set(RULES) == {rule for rule, *_ in MISTAKES}
    assert len(RULES) == len(set(RULES))


def test_a_mistake_is_found_among_all_rules() -> None:
    objects = overlay("local")
    objects.remove(one(objects, "PodDisruptionBudget", "gateway"))
    assert broken_policies(objects) == [
        "StatefulSet gateway: 2 pods and no PodDisruptionBudget: a drain may take all at once"
    ]


def test_rules_may_be_left_out() -> None:
    objects = [item for item in overlay("local") if item["kind"] != "NetworkPolicy"]
    closed = next(rule for rule in RULES if rule.__name__ == "denies_all_first")
    assert broken_policies(objects)
    assert broken_policies(objects, without=[closed]) == []
