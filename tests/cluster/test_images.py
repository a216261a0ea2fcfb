"""Our own images get the names that they have in a registry; others stay."""

import pytest

from aoi_modules.cluster.images import is_ours, with_images
from aoi_modules.cluster.policies.pods import parts
from aoi_modules.errors import SettingsError
from tests.cluster.overlays import overlay


def images(objects: list[dict[str, object]]) -> set[str]:
    return {container["image"] for _, container in parts(objects)}


def test_ours_come_from_the_registry_and_in_the_version() -> None:
    before = overlay("local")
    found = images(with_images(before, "registry.example.com:5000/line", "1.2.3"))
    assert {image for image in found if "/aoi/" in image} == {
        f"registry.example.com:5000/line/aoi/{name}:1.2.3"
        for name in ("gateway", "model-server", "model-sync", "jupyter")
    }
    assert {image for image in found if "/aoi/" not in image} == {i for i in images(before) if not is_ours(i)}
    assert before == overlay("local"), "what was rendered stays as it was"


def test_without_a_wish_nothing_changes() -> None:
    assert with_images(overlay("local")) == overlay("local")


@pytest.mark.parametrize(
    ("image", "ours"),
    [("aoi/gateway:1", True), ("r:5000/x/aoi/gateway:dev", True), ("postgres:18.1", False), ("xaoi/gateway:1", False)],
)
def test_ours_are_known_in_every_registry(image: str, ours: bool) -> None:
    assert is_ours(image) is ours


@pytest.mark.parametrize("registry", ["https://registry.example.com", "", "UPPER", "a b"])
def test_a_registry_is_a_host(registry: str) -> None:
    with pytest.raises(SettingsError, match="--registry: expected HOST"):
        with_images([], registry)


@pytest.mark.parametrize("tag", ["", "a b", "-x", "ü"])
def test_a_tag_is_a_word(tag: str) -> None:
    with pytest.raises(SettingsError, match="--tag: expected letters"):
        with_images([], tag=tag)
