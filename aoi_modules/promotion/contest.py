"""The two versions of a contest, as the registry has them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aoi_modules.errors import NoSuchServable, PromotionError
from aoi_modules.modelstore import layout
from aoi_modules.modelstore.manifest import Manifest
from aoi_modules.modelstore.registry import catalogue, pulling, reading
from aoi_modules.modelstore.registry.records import Version
from aoi_modules.modelstore.registry.signing import Trust
from aoi_modules.object_store.interface import Objects

IN_SERVICE, CANARY = "stable", "canary"
"""The labels: of the version in service, and of the one that answers about some parts."""


@dataclass(frozen=True)
class Entrant:
    """One of the two.

    Args:
        version: as the registry has it.
        manifest: that it carries.
    """

    version: Version
    manifest: Manifest

    @property
    def number(self) -> int:
        """Of the version."""
        return self.version.version


@dataclass(frozen=True)
class Contest:
    """The version in service, and who wants its place."""

    model: str
    incumbent: Entrant
    candidate: Entrant

    @property
    def entrants(self) -> Sequence[Entrant]:
        """Both; the candidate comes last."""
        return self.incumbent, self.candidate


def contest_of(objects: Objects, model: str, candidate: str, trust: Trust | None = None) -> Contest:
    """Reads both from the registry.

    Args:
        objects: of the registry.
        model: its name.
        candidate: number or label; empty means the newest one that is not retired.
        trust: who has to have signed them; None looks at no signature.

    Raises:
        PromotionError: no version is in service yet, or it is the candidate itself.
        NoSuchServable: the registry has no such candidate.
        NotTrusted: nobody who is trusted signed one of them.
    """
    wanted = catalogue.resolve(objects, model, candidate, trust)
    try:
        present = catalogue.resolve(objects, model, IN_SERVICE, trust)
    except NoSuchServable:
        raise PromotionError(
            f"{model}: expected a version in service, which has the label {IN_SERVICE}. Received: none",
            hint=f"a first version has nothing to be compared with: aoi registry label {model} {IN_SERVICE} {wanted}",
        ) from None
    if wanted == present:
        raise PromotionError(
            f"{model}: version {wanted} is in service already", hint="push another version, or name one: --candidate"
        )
    return Contest(model, _entrant(objects, model, present, trust), _entrant(objects, model, wanted, trust))


def pull(objects: Objects, contest: Contest, models: Path) -> Path:
    """Brings both into a folder of this process alone; returns the base path of the model."""
    for one in contest.entrants:
        pulling.pull(objects, one.version, models)
    return models / contest.model


def _entrant(objects: Objects, model: str, number: int, trust: Trust | None) -> Entrant:
    version = catalogue.version(objects, model, number, trust)
    content = reading.content(objects, version, layout.MANIFEST_FILE)
    return Entrant(version, Manifest.from_json(content, f"{objects.name}: {model} {number}"))
