"""A round brings what is missing and nothing else, and what is served stays whatever fails."""

import random
import shutil
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from aoi_modules.errors import RegistryAway, RegistryError, StoreError
from aoi_modules.lock import alone
from aoi_modules.modelstore import layout, version_dir
from aoi_modules.modelstore.registry import addresses, catalogue
from aoi_modules.modelstore.registry.labelling import label, retire
from aoi_modules.modelstore.registry.opening import open_registry
from aoi_modules.modelstore.registry.pulling import LOCK
from aoi_modules.modelstore.registry.pushing import push
from aoi_modules.modelstore.registry.signing import Trust
from aoi_modules.object_store.interface import Objects
from aoi_modules.sync import config_file, rounds
from aoi_modules.sync.memory import FILE
from aoi_modules.sync.plan import Serving
from aoi_modules.sync.rounds import Done, Place, Round
from aoi_modules.sync.servers import Servers
from tests.client.model_server import ModelServer
from tests.disks import small_disk
from tests.modelstore.registry.servables import write_version


class Line:
    """A registry and a folder of models that follows it, with a clock that a test turns."""

    def __init__(self, objects: Objects, folder: Path) -> None:
        self.objects = objects
        self.source = folder / "source"
        self.models = folder / "models"
        self.place = Place(self.models, self.models / "models.config", Path("/models"))
        self.addresses: list[str] = []
        self.now = 1000.0
        self.trust: Trust | None = None

    def push(self, name: str = "tile", size: int = 1000) -> int:
        version = 1 + max(version_dir.versions(self.source / name), default=0)
        return push(self.objects, write_version(self.source, name, version, size=size), who="me").version

    def round(self, going: Callable[[], None] = lambda: None) -> Done:
        with closing(Servers(self.addresses)) as servers:
            return Round(self.objects, self.place, servers, self.now, trust=self.trust, going=going).run()

    def later(self, seconds: float) -> Done:
        self.now += seconds
        return self.round()

    def served(self) -> dict[str, Serving]:
        return config_file.read(self.place.config)

    def here(self, name: str = "tile") -> list[str]:
        return sorted(path.name for path in (self.models / name).iterdir())


@pytest.fixture
def line(tmp_path: Path) -> Line:
    """One on a folder."""
    return Line(open_registry(str(tmp_path / "registry")), tmp_path)


def test_what_is_new_comes_is_served_and_the_old_goes(place: str, tmp_path: Path) -> None:
    line = Line(open_registry(place), tmp_path)
    line.push()
    first = line.round()
    assert (first.brought, first.changed, first.problems, first.pending) == (("tile:1",), True, (), False)
    assert line.served() == {"tile": Serving((1,))}
    version_dir.verify(line.models / "tile" / "1")
    again = line.round()
    assert (again.brought, again.changed, again.deleted) == ((), False, ())
    line.push()
    second = line.round()
    assert (second.brought, second.pending, line.served()) == (("tile:2",), True, {"tile": Serving((1, 2))})
    assert line.later(rounds.SETTLE_SECONDS).pending is False
    assert line.served() == {"tile": Serving((2,))}
    assert line.here() == ["1", "2"]
    assert line.later(rounds.GRACE_SECONDS).deleted == ("tile:1",)
    assert line.here() == ["2"]
    line.objects.close()


def test_labels_are_there_at_once_before_a_start_and_then_follow_the_server(line: Line) -> None:
    line.push()
    label(line.objects, "tile", "stable", 1, who="me")
    line.round()
    assert line.served() == {"tile": Serving((1,), {"stable": 1})}
    with ModelServer() as server:
        line.addresses = [server.address]
        line.push()
        label(line.objects, "tile", "stable", 2, who="me")
        assert line.round().pending
        assert line.served() == {"tile": Serving((1, 2), {"stable": 1})}
        server.states = {1: "AVAILABLE", 2: "LOADING"}
        assert not line.round().changed
        server.states = {1: "AVAILABLE", 2: "AVAILABLE"}
        assert line.round().pending
        assert line.served() == {"tile": Serving((2,), {"stable": 2})}
        server.states = {2: "AVAILABLE"}
        assert line.round().deleted == ()  # a server may have read the config just before
        server.states = {1: "AVAILABLE", 2: "AVAILABLE"}
        assert line.later(10_000).deleted == ()  # the server still has it
        server.states = {1: "UNLOADING", 2: "AVAILABLE"}
        assert line.round().deleted == ()
        server.states = {1: "END", 2: "AVAILABLE"}
        last = line.later(rounds.READING_SECONDS)
        assert (last.deleted, last.pending) == (("tile:1",), False)


def test_before_a_start_nobody_is_asked(line: Line, free_port: int) -> None:
    line.push()
    line.addresses = [f"127.0.0.1:{free_port}"]
    first = line.round()
    assert (first.problems, first.pending) == ((), False)
    assert line.served() == {"tile": Serving((1,))}


def test_a_server_that_cannot_load_a_version_keeps_the_old_one_and_is_told(line: Line) -> None:
    line.push()
    line.round()
    with ModelServer() as server:
        line.addresses = [server.address]
        line.push()
        line.round()
        server.states = {1: "AVAILABLE", 2: "END"}
        for _ in range(2):
            (problem,) = line.round().problems
            assert problem.endswith("version 2: broken")
        assert line.served() == {"tile": Serving((1, 2))}


def test_a_version_that_is_hidden_goes_and_one_that_a_label_needs_stays(line: Line) -> None:
    for _ in range(3):
        line.push()
    label(line.objects, "tile", "stable", 1, who="me")
    line.place = replace(line.place, newest=2)
    line.round()
    assert line.served() == {"tile": Serving((1, 2, 3), {"stable": 1})}
    retire(line.objects, "tile", 3, who="me")
    line.later(60)
    assert line.served() == {"tile": Serving((1, 2), {"stable": 1})}


def test_models_are_chosen_by_name(line: Line) -> None:
    line.push("tile")
    line.push("pcb")
    line.place = replace(line.place, names=("pcb", "house"))
    assert line.round().problems == (f"the registry {line.objects.name} has no model 'house'",)
    assert set(line.served()) == {"pcb"}
    assert not (line.models / "tile").exists()


def test_what_fails_for_one_model_does_not_hold_up_the_others(line: Line) -> None:
    line.push("tile")
    line.push("pcb")
    line.round()
    line.push("pcb")
    broken = push(line.objects, write_version(line.source, "tile", 2), who="me")
    line.objects.put(addresses.file_key("tile", broken.upload, layout.SAVED_MODEL), b"damaged")
    for _ in range(2):
        (problem,) = line.round().problems
        assert problem.startswith("tile:2: ")
        assert "is damaged and was not used" in problem
    assert line.served() == {"pcb": Serving((1, 2)), "tile": Serving((1,))}
    retire(line.objects, "tile", 2, who="me")
    assert line.round().problems == ()
    assert line.here() == ["1"]


def test_a_version_whose_file_the_registry_does_not_give_holds_up_no_other(line: Line, tmp_path: Path) -> None:
    line.push("tile")
    line.push("pcb")
    pushed = catalogue.version(line.objects, "pcb", 1)
    file = tmp_path / "registry" / addresses.file_key("pcb", pushed.upload, layout.SAVED_MODEL)
    file.unlink()
    file.mkdir()  # stands for an object that the server has and does not give
    (problem,) = line.round().problems
    assert problem.startswith("pcb:1: ")
    assert "the registry gives no uploads/pcb/" in problem
    assert line.served() == {"tile": Serving((1,))}


def test_an_unreadable_version_holds_up_no_other(line: Line) -> None:
    line.push("tile")
    line.push("pcb")
    line.objects.put(addresses.version_key("pcb", 1), b"no version")
    (problem,) = line.round().problems
    assert "versions/pcb/1.json: expected a version of a registry" in problem
    assert line.served() == {"tile": Serving((1,))}


def test_an_unreadable_label_stays_and_holds_up_no_other(line: Line) -> None:
    for _ in range(3):
        line.push("tile")
    line.push("pcb")
    label(line.objects, "tile", "stable", 1, who="me")
    line.round()
    assert line.served()["tile"] == Serving((1, 3), {"stable": 1})
    line.objects.put(addresses.move_key("tile", "stable", 2), b"no move")
    line.push("pcb")
    label(line.objects, "tile", "canary", 2, who="me")
    for _ in range(2):
        (problem,) = line.later(rounds.SETTLE_SECONDS).problems
        assert "labels/tile/stable/2.json: expected a move of a registry" in problem
    assert line.served() == {"pcb": Serving((2,)), "tile": Serving((1, 2, 3), {"stable": 1, "canary": 2})}
    (line.models / FILE).unlink()  # not even the memory knows where it was; the config does
    line.later(rounds.SETTLE_SECONDS)
    assert line.served()["tile"].labels == {"stable": 1, "canary": 2}


def test_what_cannot_be_deleted_is_told_and_holds_up_nothing(line: Line) -> None:
    for name in ("pcb", "tile"):
        line.push(name)
        line.round()
    for name in ("pcb", "tile"):
        line.push(name)
    line.round()
    line.later(rounds.SETTLE_SECONDS)
    (line.models / "pcb" / ".leaving-1").write_text("nothing that goes like a folder")
    line.push("tile")
    done = line.later(rounds.GRACE_SECONDS)
    assert (done.deleted, done.brought) == (("tile:1",), ("tile:3",))
    assert all("cannot be deleted: Not a directory" in problem for problem in done.problems)
    assert len(done.problems) == 2
    (line.models / "pcb" / ".leaving-1").unlink()
    assert line.round().deleted == ("pcb:1",)


def test_a_damaged_memory_changes_nothing(line: Line) -> None:
    line.push()
    line.round()
    (line.models / FILE).write_bytes(b"damaged")
    line.push()
    with pytest.raises(StoreError, match="damaged, so nobody knows which labels were seen here"):
        line.later(10_000)
    assert line.served() == {"tile": Serving((1,))}
    assert line.here() == ["1"]


def test_a_registry_that_is_away_or_empty_changes_nothing(line: Line, tmp_path: Path) -> None:
    assert line.round().problems == (f"the registry {line.objects.name} has no models",)
    assert not line.place.config.exists()
    line.push("tile")
    line.push("pcb")
    line.round()
    before = line.place.config.read_bytes()
    kept = tmp_path / "registry"
    shutil.rmtree(kept / "versions" / "pcb")
    assert line.later(10_000).problems == (f"the registry {line.objects.name} lists no pcb any more; it stays",)
    kept.rename(tmp_path / "elsewhere")
    with pytest.raises(RegistryError, match="lists no models any more; what is served stays"):
        line.later(10_000)
    kept.write_text("no folder")
    with pytest.raises(RegistryAway, match="cannot be listed"):
        line.later(10_000)
    assert line.place.config.read_bytes() == before
    assert line.here("pcb") == ["1"]


def test_a_disk_without_room_keeps_what_is_served_and_is_not_filled(line: Line, tmp_path: Path) -> None:
    line.push(size=10_000)
    with small_disk(tmp_path / "disk", "1m") as disk:
        line.place = replace(line.place, models=disk, config=disk / "models.config")
        line.round()
        line.push(size=5_000_000)
        (problem,) = line.round().problems
        assert "no room: 5.0 MB needed" in problem
        assert line.served() == {"tile": Serving((1,))}
        assert [path.name for path in (disk / "tile").iterdir()] == ["1"]


def test_a_memory_that_is_lost_costs_a_comparison_and_no_download(line: Line) -> None:
    line.push()
    line.round()
    line.push()
    line.round()
    (line.models / FILE).unlink()
    assert line.round().brought == ()
    assert line.served() == {"tile": Serving((1, 2))}
    line.later(rounds.SETTLE_SECONDS)
    assert line.later(rounds.GRACE_SECONDS).deleted == ("tile:1",)


def test_a_folder_of_somebody_else_is_neither_served_nor_deleted(line: Line) -> None:
    line.push()
    mine = write_version(line.models, "tile", 1, mark=b"mine")
    other = write_version(line.models, "tile", 7, mark=b"mine")
    (problem,) = line.round().problems
    assert "another version 1 of tile than the registry's is there" in problem
    assert line.served() == {}
    assert line.later(10_000).deleted == ()
    version_dir.verify(mine)
    version_dir.verify(other)


def test_one_at_a_time_works_in_a_folder(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "_LOCK_SECONDS", 0.0)
    line.push()
    with (
        alone(line.models / LOCK, 0.0, StoreError("taken")),
        pytest.raises(StoreError, match="another aoi registry fills it"),
    ):
        line.round()


class Killed(BaseException):
    """Stands for the end of the process at a point that a test chooses."""


@pytest.mark.parametrize("seed", range(8))
def test_a_stop_anywhere_leaves_what_the_next_round_goes_on_with(line: Line, seed: int) -> None:
    luck = random.Random(seed)
    line.push(size=3_000_000)
    line.round()
    for _ in range(3):
        line.push(size=3_000_000)
        left = luck.randint(1, 12)

        def die() -> None:
            nonlocal left
            left -= 1
            if left == 0:
                raise Killed

        with suppress(Killed):
            line.round(die)
        for version in line.served()["tile"].versions:
            version_dir.verify(line.models / "tile" / str(version))
    line.round()
    line.later(rounds.SETTLE_SECONDS)
    line.later(rounds.GRACE_SECONDS)
    assert line.served() == {"tile": Serving((4,))}
    assert line.here() == ["4"]
