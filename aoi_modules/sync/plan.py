"""What a model server should serve next, by what the registry wants, what is here, and what it has loaded. Pure.

A server refuses a config whose label names a version that it has not loaded, all of it. So a version comes first, and
the label moves when the server has it; and what was served stays until all that is to come is loaded.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from aoi_modules.modelstore.registry.catalogue import Model


@dataclass(frozen=True)
class Serving:
    """What is served of one model.

    Args:
        versions: rising.
        labels: versions by label, each of them served.
    """

    versions: tuple[int, ...] = ()
    labels: Mapping[str, int] = field(default_factory=dict)


def wanted(model: Model, labels: Mapping[str, int], newest: int) -> Serving:
    """Chooses what the registry wants to be served of a model: what has a label, and the newest ones not hidden.

    Args:
        model: as the registry lists it.
        labels: to which version each points.
        newest: so many of the greatest; 0 for labelled ones alone.
    """
    there = {label: version for label, version in labels.items() if version in model.versions}
    chosen = {*there.values(), *(model.offered[-newest:] if newest else ())}
    return Serving(tuple(sorted(chosen)), there)


def following(
    before: Serving, goal: Serving, *, here: Collection[int], loaded: Collection[int], fresh: bool
) -> Serving:
    """Takes the next step from what is configured to what is wanted.

    Args:
        before: what the config says now.
        goal: what the registry wants.
        here: versions that are whole in the folder.
        loaded: those of `before` that the server has loaded.
        fresh: there is no config yet, so no server has read one; its labels may come at once.
    """
    ready = {version for version in before.versions if version in loaded and version in here}
    labels = {label: to for label, to in before.labels.items() if label in goal.labels and to in here}
    labels |= {label: to for label, to in goal.labels.items() if to in ready or (fresh and to in here)}
    waits = not ready.issuperset(goal.versions)
    versions = {
        *(version for version in goal.versions if version in here),
        *(version for version in before.versions if waits and version in here),
        *labels.values(),
    }
    return Serving(tuple(sorted(versions)), labels)
