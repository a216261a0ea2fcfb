"""How images are called and built."""

from pathlib import Path

import pytest

from aoi_modules.cluster.images import is_ours
from aoi_modules.cluster.local import building
from aoi_modules.cluster.local.building import IMAGES, builds, image_name
from aoi_modules.errors import AoiError, SettingsError
from tests.cluster.local.program import install

ROOT = Path(__file__).parents[3]


def test_names_have_the_version_of_this_release_and_are_known_as_ours() -> None:
    names = [image_name("gateway"), image_name("jupyter", device="cpu"), image_name("jupyter", device="gpu", tag="dev")]
    assert names == [
        f"aoi/gateway:{building.version()}",
        f"aoi/jupyter:{building.version()}",
        "aoi/jupyter-gpu:dev",
    ]
    assert all(map(is_ours, names))


def test_all_are_built_and_jupyter_twice() -> None:
    found = builds(ROOT, tag="dev", revision="abc", options=["--network=host"])
    assert [one.name for one in found] == [
        *(f"aoi/{image}:dev" for image in IMAGES if image != "jupyter"), "aoi/jupyter:dev", "aoi/jupyter-gpu:dev",
    ]  # fmt: skip
    assert found[0].words == (
        "docker", "build", f"--file={ROOT}/docker/Dockerfile", f"--target={IMAGES[0]}", f"--tag=aoi/{IMAGES[0]}:dev",
        "--build-arg=VERSION=dev", "--build-arg=REVISION=abc", "--network=host", str(ROOT),
    )  # fmt: skip
    assert "--build-arg=DEVICE=gpu" in found[-1].words
    assert found[0].text == ""


def test_without_a_registry_the_line_of_the_syntax_is_left_out() -> None:
    (found,) = builds(ROOT, ["gateway"], plain=True)
    assert "--file=-" in found.words
    assert found.text == (ROOT / "docker/Dockerfile").read_text().partition("\n")[2]


def test_the_revision_is_that_of_the_checkout(tmp_path: Path) -> None:
    (here,) = builds(ROOT, ["gateway"])
    revision = next(word for word in here.words if word.startswith("--build-arg=REVISION="))
    assert len(revision.rpartition("=")[2]) == 40
    (tmp_path / "docker").mkdir()
    (tmp_path / "docker/Dockerfile").touch()
    (tmp_path / "requirements.lock").touch()
    (elsewhere,) = builds(tmp_path, ["gateway"])
    assert "--build-arg=REVISION=unknown" in elsewhere.words


def test_a_folder_that_is_no_checkout(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="expected a checkout"):
        builds(tmp_path)


def test_version_control_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Path] = []

    def revision(root: Path) -> str:
        asked.append(root)
        return "abc"

    monkeypatch.setattr(building, "_revision", revision)
    assert all("--build-arg=REVISION=abc" in one.words for one in builds(ROOT))
    assert asked == [ROOT]


def test_a_build_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, {"build": (1, "", "")})
    (found,) = builds(ROOT, ["gateway"], plain=True)
    with pytest.raises(AoiError, match="docker build ended with exit code 1") as caught:
        found.run()
    assert "--plain" in caught.value.hint
