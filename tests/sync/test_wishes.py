"""With a public key a sync follows nothing that was not signed, and nothing older than it has seen."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from aoi_modules.errors import RegistryAway
from aoi_modules.modelstore.registry.labelling import label, retire
from aoi_modules.modelstore.registry.opening import open_registry
from aoi_modules.modelstore.registry.pushing import push
from aoi_modules.modelstore.registry.signing import Signer, Trust, make_keys
from aoi_modules.object_store.interface import Objects
from aoi_modules.sync.plan import Serving
from aoi_modules.sync.rounds import SETTLE_SECONDS
from tests.modelstore.registry.servables import write_version
from tests.sync.test_rounds import Line


class SignedLine(Line):
    """A line that believes one key."""

    def __init__(self, folder: Path) -> None:
        super().__init__(open_registry(str(folder / "registry")), folder)
        self.kept = folder / "registry"
        make_keys(folder / "key")
        self.signer = Signer.read(folder / "key")
        self.trust = Trust.read([folder / "key.pub"])

    def release(self, number: int, *, signed: bool = True) -> None:
        folder = write_version(self.source, "tile", number)
        push(self.objects, folder, who="me", signer=self.signer if signed else None)

    def label(self, version: int | None, *, signed: bool = True) -> None:
        label(self.objects, "tile", "stable", version, who="me", signer=self.signer if signed else None)


@pytest.fixture
def line(tmp_path: Path) -> SignedLine:
    """One whose versions 1 and 2 are signed, 1 as stable; it serves both."""
    made = SignedLine(tmp_path)
    made.release(1)
    made.release(2)
    made.label(1)
    assert made.round().problems == ()
    assert made.served() == {"tile": Serving((1, 2), {"stable": 1})}
    return made


def test_what_is_signed_is_followed(line: SignedLine) -> None:
    line.release(3)
    line.label(2)
    assert line.later(SETTLE_SECONDS).problems == ()
    assert line.later(SETTLE_SECONDS).problems == ()
    assert line.served() == {"tile": Serving((2, 3), {"stable": 2})}
    retire(line.objects, "tile", 3, who="me", signer=line.signer)
    assert line.later(SETTLE_SECONDS).problems == ()
    assert line.served() == {"tile": Serving((2,), {"stable": 2})}


def test_a_version_that_nobody_signed_is_passed_over(line: SignedLine) -> None:
    line.release(8, signed=False)
    (problem,) = line.later(SETTLE_SECONDS).problems
    assert "versions/tile/8.json: expected to be signed by key" in problem
    assert "and it is not signed" in problem
    assert line.served() == {"tile": Serving((1, 2), {"stable": 1})}
    assert line.here() == ["1", "2"]
    line.release(9)
    assert line.later(SETTLE_SECONDS).brought == ("tile:9",)


def test_a_label_that_nobody_signed_stays_where_it_was(line: SignedLine) -> None:
    line.label(2, signed=False)
    for _ in range(2):
        (problem,) = line.later(SETTLE_SECONDS).problems
        assert "labels/tile/stable/2.json: expected to be signed" in problem
    assert line.served() == {"tile": Serving((1, 2), {"stable": 1})}


def test_a_signed_label_to_a_version_that_nobody_signed_stays_where_it_was(line: SignedLine) -> None:
    line.release(3, signed=False)
    line.label(3)
    (problem, *_) = line.later(SETTLE_SECONDS).problems
    assert "versions/tile/3.json: expected to be signed" in problem
    assert line.served() == {"tile": Serving((1, 2), {"stable": 1})}
    assert line.here() == ["1", "2"]


def test_a_label_older_than_one_that_was_seen_is_refused(line: SignedLine) -> None:
    line.label(2)
    line.later(SETTLE_SECONDS)
    line.later(SETTLE_SECONDS)
    assert line.served()["tile"].labels == {"stable": 2}
    (line.kept / "labels" / "tile" / "stable" / "2.json").unlink()
    (problem,) = line.later(SETTLE_SECONDS).problems
    assert problem.startswith("label stable of tile: move 1 is the last in the registry")
    assert problem.endswith("and move 2 was seen here; the older one is not followed")
    (line.kept / "labels" / "tile" / "stable" / "1.json").unlink()
    (problem,) = line.later(SETTLE_SECONDS).problems
    assert "move none is the last" in problem
    assert line.served()["tile"].labels == {"stable": 2}


def test_a_version_that_was_taken_away_is_not_followed_back(line: SignedLine) -> None:
    (line.kept / "versions" / "tile" / "2.json").unlink()
    (problem,) = line.later(SETTLE_SECONDS).problems
    assert problem.startswith("version 2 of tile was here, and the registry")
    assert line.served() == {"tile": Serving((1, 2), {"stable": 1})}


def test_who_hides_a_version_has_to_sign_it(line: SignedLine) -> None:
    retire(line.objects, "tile", 2, who="somebody")
    (problem,) = line.later(SETTLE_SECONDS).problems
    assert "retired/tile/2.json: expected to be signed" in problem
    assert line.served() == {"tile": Serving((1, 2), {"stable": 1})}


def test_what_cannot_be_read_holds_up_nothing_else(line: SignedLine) -> None:
    line.release(3)
    line.release(4)
    line.objects.put("labels/tile/stable/2.json", line.signer.sealed("move", b"no move"))
    line.objects.put("versions/tile/4.json", line.signer.sealed("version", b'{"format": 2}'))
    line.objects.put("retired/tile/2.json", line.signer.sealed("retirement", b"no retirement"))
    done = line.later(SETTLE_SECONDS)
    assert done.brought == ("tile:3",)
    for part in ("labels/tile/stable/2.json: ", "versions/tile/4.json: ", "retired/tile/2.json: "):
        assert sum(part in problem for problem in done.problems) == 1
    line.later(SETTLE_SECONDS)
    assert line.served() == {"tile": Serving((1, 3), {"stable": 1})}


def test_a_retirement_that_is_not_given_just_now_keeps_what_is_served_and_lets_nothing_new_in(line: SignedLine) -> None:
    line.release(3)
    for version in (2, 3):
        retire(line.objects, "tile", version, who="me", signer=line.signer)
    objects = line.objects

    class NotGiven:
        """The registry, which has those objects, lists them, and does not give them."""

        def __getattr__(self, name: str) -> object:
            return getattr(objects, name)

        def chunks(self, key: str) -> Iterator[bytes]:
            if key.startswith("retired/"):
                raise RegistryAway(f"the registry refuses: {key}")
            return objects.chunks(key)

    line.objects = cast(Objects, NotGiven())
    done = line.later(SETTLE_SECONDS)
    assert done.brought == ()
    assert {*done.problems} == {f"the registry refuses: retired/tile/{version}.json" for version in (2, 3)}
    assert line.served() == {"tile": Serving((1, 2), {"stable": 1})}


def test_what_came_without_a_key_is_looked_at_again_with_one(tmp_path: Path) -> None:
    line = SignedLine(tmp_path)
    trust, line.trust = line.trust, None
    line.release(1)
    line.release(2, signed=False)
    line.label(1)
    line.round()
    assert line.served() == {"tile": Serving((1, 2), {"stable": 1})}
    line.trust = trust
    done = line.later(SETTLE_SECONDS)
    assert done.brought == ()
    (problem,) = done.problems
    assert "versions/tile/2.json" in problem
    assert line.later(SETTLE_SECONDS).served == {"tile": Serving((1,), {"stable": 1})}


def test_without_a_key_an_older_label_is_followed(tmp_path: Path) -> None:
    line = SignedLine(tmp_path)
    line.trust = None
    line.release(1)
    line.release(2)
    line.label(1)
    line.label(2)
    line.round()
    (line.kept / "labels" / "tile" / "stable" / "2.json").unlink()
    assert line.later(SETTLE_SECONDS).problems == ()
    line.later(SETTLE_SECONDS)
    assert line.served()["tile"].labels == {"stable": 1}
    line.label(None)
    line.later(SETTLE_SECONDS)
    assert line.served()["tile"].labels == {}
