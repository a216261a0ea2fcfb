"""Rendered overlays for tests: kubectl renders each of them once."""

import copy
import json
import os
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from aoi_modules.cluster.kustomize import render
from tests.documents import ROOT

Object = dict[str, Any]
Mistake = tuple[Callable[..., Any], str, Callable[[list[Object]], object], str]
"""A rule, the overlay in which it is broken, how, and words of the sentence that the rule says."""
K8S = ROOT / "k8s"
OVERLAYS = ("local", "gpu", "prod")


def overlay(name: str) -> list[Object]:
    """The objects of an overlay; each caller gets a copy to change."""
    return copy.deepcopy(_rendered(K8S / "overlays" / name))


def combined(folder: Path, components: Sequence[str]) -> list[Object]:
    """The objects of all bases with some components, rendered in a folder of their own."""
    folder.mkdir(parents=True, exist_ok=True)
    places = {
        "resources": sorted(path.parent for path in (K8S / "base").glob("*/kustomization.yaml")),
        "components": [K8S / "components" / one for one in components],
    }
    text = {kind: [os.path.relpath(path, folder) for path in paths] for kind, paths in places.items()}
    (folder / "kustomization.yaml").write_text(json.dumps(text))
    return render(folder)


def one(objects: Sequence[Object], kind: str, name: str) -> Object:
    """The object of a kind and name."""
    (found,) = [item for item in objects if item["kind"] == kind and item["metadata"]["name"] == name]
    return found


def pod(objects: Sequence[Object], kind: str = "StatefulSet", name: str = "gateway") -> Object:
    """The pod that an object describes."""
    found: Object = one(objects, kind, name)["spec"]["template"]["spec"]
    return found


def container(objects: Sequence[Object], kind: str = "StatefulSet", name: str = "gateway") -> Object:
    """The first container of that pod."""
    found: Object = pod(objects, kind, name)["containers"][0]
    return found


def check(mistake: Mistake) -> None:
    """Holds a rule to a mistake: it says nothing before, and names it afterwards."""
    rule, name, break_it, words = mistake
    objects = overlay(name)
    assert list(rule(objects)) == []
    break_it(objects)
    problems = list(rule(objects))
    assert any(words in problem for problem in problems), problems


def key(value: object) -> str:
    """The same text for the same object, so that it is looked at once."""
    return json.dumps(value, sort_keys=True)


@cache
def _rendered(folder: Path) -> list[Object]:
    return render(folder)
