"""A Kubernetes file as an answer: from text to objects, with a hint for what no cluster would read."""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml
from kubernetes.utils.quantity import parse_quantity

from aoi_modules.cluster.object_rules import has_known_fields
from aoi_modules.course.checks import Hint, kind

BLANK = "FILL_IN"
Object = dict[str, Any]


def objects_of(answer: object, kinds: Sequence[str]) -> dict[str, Object]:
    """The objects of a file by their kind, one of each.

    Args:
        answer: the text of the file.
        kinds: that it has to hold.

    Raises:
        Hint: it is no text, still open, no YAML, of other kinds, or has fields that Kubernetes does not know.
    """
    if not isinstance(answer, str):
        raise Hint(f"found {kind(answer)}, expected the file as text")
    for number, line in enumerate(answer.splitlines(), 1):
        if BLANK in line.partition("#")[0]:
            raise Hint(f"line {number}: {line.strip()!r} is still open")
    objects = _read(answer)
    found = sorted(str(one.get("kind", "nothing")) for one in objects)
    if found != sorted(kinds):
        wanted = ", ".join(sorted(kinds))
        raise Hint(
            f"found the kinds {', '.join(found) or 'none'}, expected {wanted}; a line --- stands between objects"
        )
    for one in objects:
        for part in ("apiVersion", "metadata"):
            if not one.get(part):
                raise Hint(f"{one['kind']}: found no {part}")
        if not isinstance(one["metadata"], dict):
            raise Hint(f"{one['kind']}: metadata: found {kind(one['metadata'])}, expected name and namespace")
    for problem in has_known_fields([one for one in objects if one["kind"] != "ConfigMap"]):
        raise Hint(problem)
    return {str(one["kind"]): one for one in objects}


def _read(answer: str) -> list[Object]:
    if "\t" in answer:
        raise Hint("found a tab; YAML is indented by spaces alone")
    try:
        objects = [one for one in yaml.safe_load_all(answer) if one is not None]
    except yaml.YAMLError as error:
        raise Hint(f"this is no YAML: {' '.join(str(error).split())}") from None
    if not objects or not all(isinstance(one, dict) for one in objects):
        raise Hint(f"found {kind(objects)}, expected objects with apiVersion, kind, metadata and spec")
    return objects


def part(one: Mapping[str, Any], path: str) -> Any:
    """A field by its path, such as `spec.template.spec`; numbers count in lists; None where there is none."""
    found: Any = one
    for key in path.split("."):
        if isinstance(found, list) and key.isdigit():
            found = found[int(key)] if int(key) < len(found) else None
        else:
            found = found.get(key) if isinstance(found, Mapping) else None
    return found


def expect_amount(where: str, found: object, expected: str) -> None:
    """Wants an amount, in whatever unit it is written.

    Raises:
        Hint: it is none, or another one.
    """
    if found is None:
        raise Hint(f"{where}: found none, expected {expected}")
    try:
        right = parse_quantity(str(found)) == parse_quantity(expected)
    except ValueError:
        raise Hint(f"{where}: found {found}, which is no amount; expected {expected}") from None
    if not right:
        raise Hint(f"{where}: found {found}, expected {expected}")
