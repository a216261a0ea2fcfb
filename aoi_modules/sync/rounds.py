"""One round: look what the registry wants, bring what is missing, write the config, delete what nobody serves."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aoi_modules.errors import AoiError, RegistryAway, StoreError
from aoi_modules.lock import alone
from aoi_modules.machine import disk
from aoi_modules.modelstore import layout, version_dir
from aoi_modules.modelstore.registry import catalogue
from aoi_modules.modelstore.registry.pulling import LOCK, Going, check_same, pull
from aoi_modules.modelstore.registry.signing import Trust
from aoi_modules.object_store.interface import Objects
from aoi_modules.sync import config_file
from aoi_modules.sync.clearing import clear, remove
from aoi_modules.sync.memory import Memory
from aoi_modules.sync.plan import Serving, following
from aoi_modules.sync.servers import Servers
from aoi_modules.sync.wishes import Wishes

GRACE_SECONDS = 600.0
SETTLE_SECONDS = 30.0
READING_SECONDS = 2.0
"""How long a server may take from reading a config to saying what it loads."""
_LOCK_SECONDS = 10.0


@dataclass(frozen=True)
class Place:
    """Where a sync works, and by which rules.

    Args:
        models: the folder of all models.
        config: the file of the model server.
        root: the folder of the models, as the server sees it.
        names: of the models to bring; empty for all.
        newest: so many of a model's greatest versions are served beside those with a label.
        grace: seconds that a version stays after it left the config, where no server can be asked.
        settle: seconds after which a version counts as loaded, where no server can be asked.
    """

    models: Path
    config: Path
    root: Path
    names: tuple[str, ...] = ()
    newest: int = 1
    grace: float = GRACE_SECONDS
    settle: float = SETTLE_SECONDS


@dataclass(frozen=True)
class Done:
    """What a round did.

    Args:
        brought: versions that came, as `tile:3`.
        deleted: versions that went.
        changed: the config was written.
        served: what stands in it.
        pending: something waits until servers have loaded or left something, so another round is needed.
        problems: what could not be done, in sentences. All else was done.
    """

    brought: tuple[str, ...]
    deleted: tuple[str, ...]
    changed: bool
    served: Mapping[str, Serving]
    pending: bool
    problems: tuple[str, ...]


class Round:
    """One round. It is made for one call of `run`.

    Args:
        objects: of the registry.
        place: where it works.
        servers: to ask; may be none.
        now: the time, in seconds of the epoch.
        trust: who has to have signed what is followed; None follows everybody.
        going: raises what ends the round.
    """

    def __init__(
        self,
        objects: Objects,
        place: Place,
        servers: Servers,
        now: float,
        *,
        trust: Trust | None = None,
        going: Going = lambda: None,
    ) -> None:
        self._trust = trust
        self._objects = objects
        self._place = place
        self._servers = servers
        self._now = now
        self._going = going
        self._remembered = b""
        self._problems: list[str] = []
        self._brought: list[str] = []
        self._deleted: list[str] = []

    def run(self) -> Done:
        """Does it.

        Raises:
            RegistryAway: the registry does not answer. What is served stays.
            RegistryError: it has nothing at all, where it had something before.
            StoreError: another sync works here, or memory or config cannot be written.
        """
        taken = StoreError(f"{self._place.models}: another aoi registry fills it", hint="let one do it")
        with alone(self._place.models / LOCK, _LOCK_SECONDS, taken):
            memory = Memory.read(self._place.models)
            self._remembered = memory.to_json()
            done = self._run(memory)
            self._remember(memory)
            return done

    def _run(self, memory: Memory) -> Done:
        fresh = not self._place.config.exists()
        before = config_file.read(self._place.config)
        wishes = Wishes(self._objects, memory, self._trust)
        goals = wishes.goals(before, self._place.names, self._place.newest)
        self._problems += wishes.problems
        self._adopt(before, memory)
        missing = self._bring(goals, memory)
        after: dict[str, Serving] = {}
        for name in sorted({*goals, *before}):
            here = memory.installed.get(name, {})
            had, goal = before.get(name, Serving()), goals.get(name, Serving())
            loaded = self._loaded(name, had, goal, memory)
            after[name] = following(had, goal, here=here, loaded=loaded, fresh=fresh)
        self._remember(memory)  # before the config says so: it is known what came, whatever happens
        changed = (not fresh or any(one.versions for one in after.values())) and config_file.write(
            self._place.config, after, self._place.root
        )
        self._note(after, memory)
        self._clear(after, missing, memory)
        waits = any(after[name] != goal for name, goal in goals.items())
        leaving = bool(self._servers) and any(memory.unwanted.values())
        return Done(
            tuple(self._brought),
            tuple(self._deleted),
            changed,
            after,
            waits or leaving,
            tuple(dict.fromkeys(self._problems)),
        )

    def _remember(self, memory: Memory) -> None:
        """Writes the memory if something is new in it."""
        if (now := memory.to_json()) != self._remembered:
            memory.write(self._place.models)
            self._remembered = now

    def _adopt(self, before: Mapping[str, Serving], memory: Memory) -> None:
        """Forgets what is not here, and knows what is configured and here, though the memory was lost."""
        for name, here in memory.installed.items():
            for version in [one for one in here if not self._folder(name, one).is_dir()]:
                del here[version]
        for name, served in before.items():
            here = memory.installed.setdefault(name, {})
            here |= {one: "" for one in served.versions if one not in here and self._folder(name, one).is_dir()}

    def _bring(self, goals: Mapping[str, Serving], memory: Memory) -> set[tuple[str, int]]:
        """Brings what is wanted and not here; returns what could not be brought."""
        missing = set()
        for name, goal in goals.items():
            here = memory.installed.setdefault(name, {})
            for version in goal.versions:
                self._going()
                if here.get(version) and (self._trust is None or version in memory.trusted.get(name, ())):
                    continue
                try:
                    self._bring_one(name, version, memory)
                except AoiError as error:  # the next model may do better
                    if isinstance(error, RegistryAway):
                        catalogue.require_answer(self._objects)
                    self._problems.append(f"{name}:{version}: {error.message}")
                    missing.add((name, version))
        return missing

    def _bring_one(self, name: str, number: int, memory: Memory) -> None:
        """Brings a version, or compares the one that is here already."""
        version = catalogue.version(self._objects, name, number, self._trust)
        folder, here = self._folder(name, number), memory.installed[name]
        if folder.exists():
            check_same(folder, version)
            version_dir.verify(folder)
        else:
            if lacking := disk.lacking(self._place.models, version.size):
                raise StoreError(f"{folder}: no room: {lacking}")
            here[number] = ""
            self._remember(memory)  # a kill right behind the rename leaves no folder that nobody knows
            try:
                pull(self._objects, version, self._place.models, self._going)
            finally:
                if not folder.exists():
                    del here[number]
            self._brought.append(f"{name}:{number}")
        here[number] = version.files[layout.SUMS_FILE].sha256
        if self._trust is not None:
            memory.trusted.setdefault(name, []).append(number)

    def _loaded(self, name: str, before: Serving, goal: Serving, memory: Memory) -> list[int]:
        """The versions of the config that are loaded. Servers are asked only where something hangs on it."""
        if before == goal or not before.versions:
            return list(before.versions)
        if self._servers:
            loaded = self._servers.loaded(name)
            self._problems += loaded.failures_of(goal.versions)
            return [version for version in before.versions if loaded.everywhere(version)]
        since = memory.configured.get(name, {})
        return [one for one in before.versions if self._now - since.get(one, self._now) >= self._place.settle]

    def _note(self, after: Mapping[str, Serving], memory: Memory) -> None:
        """Notes since when each version stands in the config, or does not."""
        for name, here in memory.installed.items():
            served = after.get(name, Serving()).versions
            configured, unwanted = memory.configured.get(name, {}), memory.unwanted.get(name, {})
            memory.configured[name] = {version: configured.get(version, self._now) for version in served}
            memory.unwanted[name] = {one: unwanted.get(one, self._now) for one in here if one not in served}

    def _clear(self, after: Mapping[str, Serving], coming: set[tuple[str, int]], memory: Memory) -> None:
        """Deletes what is in no config and on no server."""
        for name, unwanted in memory.unwanted.items():
            unneeded = self._unneeded(name, unwanted) if unwanted else []
            for version in unneeded:
                self._going()
                try:
                    remove(self._folder(name, version))
                except StoreError as error:  # it is tried again; nobody waits for it
                    self._problems.append(error.message)
                    continue
                del memory.installed[name][version], unwanted[version]
                self._deleted.append(f"{name}:{version}")
        self._problems += clear(self._place.models, coming)

    def _unneeded(self, name: str, unwanted: Mapping[int, float]) -> list[int]:
        if self._servers:
            # A server that read the config just before it changed begins to load only now.
            old = [version for version, since in unwanted.items() if self._now - since >= READING_SECONDS]
            loaded = self._servers.loaded(name) if old else None
            return [version for version in old if loaded is not None and loaded.nowhere(version)]
        return [version for version, since in unwanted.items() if self._now - since >= self._place.grace]

    def _folder(self, name: str, version: int) -> Path:
        return self._place.models / name / str(version)
