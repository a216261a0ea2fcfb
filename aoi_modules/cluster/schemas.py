"""The fields that each version of Kubernetes knows, and objects held to them, strictly and without a cluster."""

import json
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aoi_modules.cluster.policies.pods import Object, name_of
from aoi_modules.errors import SettingsError

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from referencing import Registry

VERSIONS = ("1.35", "1.36", "1.37")
"""Of Kubernetes: those that are looked after today, and that the line is for."""
OWN = Path(__file__).with_name("definitions.json")
"""Fields of objects that are not Kubernetes' own, as far as the line uses them: Gateway API 1.4, External Secrets."""


def wrong_fields(objects: Sequence[Object], version: str) -> Iterator[str]:
    """A sentence for each field that a version does not know, or that has a wrong value.

    Args:
        objects: as they are rendered.
        version: of Kubernetes, such as `1.37`.

    Raises:
        SettingsError: nothing is known of this version.
    """
    for one in objects:
        validator = _validator(version, str(one.get("apiVersion")), str(one.get("kind")))
        if validator is None:
            yield f"{name_of(one)}: Kubernetes {version} knows no {one.get('kind')} of {one.get('apiVersion')}"
            continue
        for error in validator.iter_errors(one):
            where = ".".join(map(str, error.absolute_path))
            yield f"{name_of(one)}: {f'{where}: ' if where else ''}{error.message[:300]} (Kubernetes {version})"


@cache
def _validator(version: str, api: str, kind: str) -> "Draft202012Validator | None":
    """Checks objects of a kind; None for one that is not known."""
    from jsonschema import Draft202012Validator
    from referencing import Resource

    own = _own().get(f"{kind} {api}")
    if own is not None:
        return Draft202012Validator(own)
    group, _, number = api.rpartition("/")
    name = "-".join(filter(None, [kind.lower(), group.partition(".")[0], number]))
    path = _folder(version).joinpath(f"{name}.json")
    if not path.is_file():
        return None
    schema = json.loads(path.read_text())
    return Draft202012Validator(schema, registry=Resource.from_contents(schema) @ _definitions(version))


@cache
def _definitions(version: str) -> "Registry[Any]":
    """What the schemas of all kinds point to."""
    from referencing import Registry, Resource

    text = _folder(version).joinpath("_definitions.json").read_text()
    registry: Registry[Any] = Resource.from_contents(json.loads(text)) @ Registry()
    return registry.crawl()


@cache
def _own() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(OWN.read_text())
    return found


def _folder(version: str) -> Path:
    found = Path(str(files("kubernetes_validate"))) / "kubernetes-json-schema" / f"v{version}.0-local-strict"
    if not found.is_dir():
        raise SettingsError(f"expected one of the versions {', '.join(VERSIONS)}. Received: {version!r}")
    return found
