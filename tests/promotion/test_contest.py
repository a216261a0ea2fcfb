"""The two versions of a contest, as the registry has them."""

from pathlib import Path

import pytest

from aoi_modules.errors import NoSuchServable, NotTrusted, PromotionError
from aoi_modules.modelstore.registry.labelling import label
from aoi_modules.modelstore.registry.opening import open_registry
from aoi_modules.modelstore.registry.pushing import push
from aoi_modules.modelstore.registry.signing import Trust
from aoi_modules.object_store.interface import Objects
from aoi_modules.promotion.contest import contest_of, pull
from tests.modelstore.registry.servables import write_version


@pytest.fixture
def objects(tmp_path: Path) -> Objects:
    """A registry with versions 1 to 3, of which 1 is in service and 2 the canary."""
    found = open_registry(str(tmp_path / "registry"))
    for version in (1, 2, 3):
        push(found, write_version(tmp_path, "tile", version), who="me")
    label(found, "tile", "stable", 1, who="me")
    label(found, "tile", "canary", 2, who="me")
    return found


@pytest.mark.parametrize(("wanted", "number"), [("", 3), ("canary", 2), ("2", 2)])
def test_the_candidate_is_named_or_the_newest(objects: Objects, tmp_path: Path, wanted: str, number: int) -> None:
    contest = contest_of(objects, "tile", wanted)
    assert [one.number for one in contest.entrants] == [1, number]
    assert contest.candidate.manifest.version == number
    base_path = pull(objects, contest, tmp_path / "pulled")
    assert sorted(folder.name for folder in base_path.iterdir()) == ["1", str(number)]


def test_a_version_is_no_candidate_for_its_own_place(objects: Objects) -> None:
    with pytest.raises(PromotionError, match="version 1 is in service already"):
        contest_of(objects, "tile", "1")


def test_without_a_version_in_service_there_is_no_contest(objects: Objects) -> None:
    label(objects, "tile", "stable", None, who="me")
    with pytest.raises(PromotionError, match="expected a version in service") as refused:
        contest_of(objects, "tile", "2")
    assert refused.value.hint.endswith("aoi registry label tile stable 2")
    with pytest.raises(NoSuchServable):
        contest_of(objects, "tile", "9")


def test_who_is_not_signed_is_not_compared(objects: Objects, tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    with pytest.raises(NotTrusted):
        contest_of(objects, "tile", "2", Trust([Ed25519PrivateKey.generate().public_key()]))
