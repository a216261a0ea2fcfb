"""What the registry wants to be served, as far as it can be believed.

Without a public key that is what it says. With one, each version, each move of a label and each retirement has to be
signed, and nothing may be older than what was seen here before: who can write into the registry cannot bring back a
version with a known fault by taking away what came after it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from aoi_modules.errors import NotTrusted, RegistryAway, RegistryError
from aoi_modules.modelstore.registry import catalogue
from aoi_modules.modelstore.registry.catalogue import Model
from aoi_modules.modelstore.registry.records import Move
from aoi_modules.modelstore.registry.signing import Trust
from aoi_modules.object_store.interface import Objects
from aoi_modules.object_store.parallel import side_by_side
from aoi_modules.sync.memory import Memory, Seen
from aoi_modules.sync.plan import Serving, wanted


class Wishes:
    """What is wanted in one round.

    Args:
        objects: of the registry.
        memory: of the sync, which learns what is seen.
        trust: who has to have signed all of it; None believes everybody.

    Attributes:
        problems: what cannot be believed or read, and what is not there.
    """

    def __init__(self, objects: Objects, memory: Memory, trust: Trust | None) -> None:
        self._objects = objects
        self._memory = memory
        self._trust = trust
        self.problems: list[str] = []

    def goals(self, before: Mapping[str, Serving], names: Sequence[str], newest: int) -> dict[str, Serving]:
        """Reads what is wanted by model. One that the registry lost stays as it is.

        Args:
            before: what is configured.
            names: of the models; empty for all.
            newest: so many of a model's greatest versions.

        Raises:
            RegistryAway: the registry does not answer.
            RegistryError: it has nothing at all, where it had something before.
        """
        models = [one for one in catalogue.models(self._objects) if not names or one.name in names]
        listed = {model.name for model in models}
        lost = sorted(name for name in {*before} - listed if not names or name in names)
        if lost and not models:
            raise RegistryError(
                f"the registry {self._objects.name} lists no models any more; what is served stays",
                hint="look at its address, and at the key's rights",
            )
        missing = sorted({*names} - listed - {*before})
        self.problems += [f"the registry {self._objects.name} has no model {name!r}" for name in missing]
        if not models and not names:
            self.problems.append(f"the registry {self._objects.name} has no models")
        self.problems += [f"the registry {self._objects.name} lists no {name} any more; it stays" for name in lost]
        labels = self._labels(models, before)
        goals = {name: before[name] for name in lost}
        for model in models:
            goals[model.name] = self._goal(model, labels[model.name], newest, before.get(model.name, Serving()))
        return goals

    def _goal(self, model: Model, labels: Mapping[str, int], newest: int, before: Serving) -> Serving:
        if self._trust is None:
            return wanted(model, labels, newest)
        seen = max(self._memory.trusted.get(model.name, ()), default=0)
        if seen and seen not in model.versions:
            self.problems.append(
                f"version {seen} of {model.name} was here, and the registry {self._objects.name} lists it no more;"
                " what is served stays"
            )
            return before
        return wanted(self._believed(model, labels, newest, before), labels, newest)

    def _believed(self, model: Model, labels: Mapping[str, int], newest: int, before: Serving) -> Model:
        """The model without what nobody trusted signed, of those versions that may be wanted."""
        hidden = frozenset(
            version for version in model.retired if self._is_hidden(model.name, version, version in before.versions)
        )
        model = replace(model, retired=hidden)
        refused, believed = set(), 0
        for version in reversed(model.offered):
            if believed == newest:
                break
            if self._is_signed(model.name, version):
                believed += 1
            elif version not in labels.values():
                refused.add(version)
        return replace(model, versions={one: time for one, time in model.versions.items() if one not in refused})

    def _is_signed(self, name: str, version: int) -> bool:
        if version in self._memory.trusted.get(name, ()):
            return True
        found = catalogue.asked(self._objects, lambda: catalogue.version(self._objects, name, version, self._trust))
        if isinstance(found, RegistryError):
            self.problems.append(found.message)
        return not isinstance(found, RegistryError)

    def _is_hidden(self, name: str, version: int, served: bool) -> bool:
        """Whether a version is hidden by who is trusted; one that was once stays so.

        Of one that the registry does not say just now, what is `served` stays, and nothing new takes it.
        """
        if version in self._memory.hidden.get(name, ()):
            return True
        found = catalogue.asked(self._objects, lambda: catalogue.retirement(self._objects, name, version, self._trust))
        if isinstance(found, RegistryError):
            self.problems.append(found.message)
            return isinstance(found, RegistryAway) and not served
        if found is not None:
            self._memory.hidden.setdefault(name, []).append(version)
        return found is not None

    def _labels(self, models: Sequence[Model], before: Mapping[str, Serving]) -> dict[str, dict[str, int]]:
        """To which version each label points; a move that was seen is not read again.

        A label that cannot be read stays where it was seen, or else where it is configured.
        """
        unseen = []
        for model in models:
            seen = self._memory.moves.setdefault(model.name, {})
            for label, number in model.labels.items():
                if self._is_older(model, label, number):
                    continue
                now = seen.get(label, Seen(0, None))
                if now.number != number or not (now.trusted or self._trust is None):
                    unseen.append((model.name, label, number))
            for label in {*seen} - {*model.labels}:
                if not self._is_older(model, label, 0):
                    del seen[label]
        stays: dict[str, dict[str, int]] = {model.name: {} for model in models}
        for (name, label, _), move in zip(unseen, side_by_side(self._move, unseen), strict=True):
            if not isinstance(move, RegistryError):
                self._memory.moves[name][label] = Seen(move.number, move.version, self._trust is not None)
                continue
            self.problems.append(move.message)
            configured = before.get(name, Serving()).labels.get(label)
            if configured is not None and not isinstance(move, NotTrusted):
                stays[name][label] = configured
        return {
            model.name: stays[model.name]
            | {
                label: seen.version
                for label, seen in self._memory.moves[model.name].items()
                if seen.version is not None
            }
            for model in models
        }

    def _is_older(self, model: Model, label: str, number: int) -> bool:
        """Whether a later move of a label was seen before, by a sync that trusts not everybody."""
        seen = self._memory.moves[model.name].get(label, Seen(0, None))
        if self._trust is None or number >= seen.number:
            return False
        self.problems.append(
            f"label {label} of {model.name}: move {number or 'none'} is the last in the registry"
            f" {self._objects.name}, and move {seen.number} was seen here; the older one is not followed"
        )
        return True

    def _move(self, wanted: tuple[str, str, int]) -> Move | RegistryError:
        return catalogue.asked(self._objects, lambda: catalogue.move(self._objects, *wanted, self._trust))
