"""Lesson 6: what was published is looked into, and typical mistakes get the hint that fits them."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace as replace_field

from aoi_modules.course.checks import judge
from aoi_modules.modelstore import manifest
from aoi_modules.modelstore.manifest import Head, Manifest, PictureInput
from aoi_modules.modelstore.version_dir import staged
from tests.course.exercises.answers import gets_a_sentence, gets_hint, passes, weird


@pytest.mark.parametrize(
    ("check_id", "answer"),
    [
        ("6.1", {"input": "image", "dtype": "string", "outputs": ["category"]}),
        ("6.4", {"changed": 12, "merged": 39}),
    ],
)
def test_a_right_answer_passes(check_id: str, answer: object) -> None:
    passes(check_id, answer)


@pytest.mark.parametrize(
    ("check_id", "answer", "words"),
    [
        ("6.1", {"input": "image", "dtype": "uint8", "outputs": ["category"]}, "encoded bytes"),
        ("6.1", {"input": "x", "dtype": "string", "outputs": ["category"]}, "input"),
        ("6.1", {"input": "image", "dtype": "string", "outputs": ["output_0"]}, "outputs"),
        ("6.2", Path("nowhere"), "no folder"),
        ("6.2", "models/tile/2", "path of a version directory"),
        ("6.3", Path("nowhere"), "no folder"),
        ("6.3", ["models/pair/1"], "path of a version directory"),
        ("6.4", {"changed": None, "merged": 39}, "changed: found None"),
        ("6.4", {"changed": 6, "merged": 39}, "two convolutions"),
        ("6.4", {"changed": 10, "merged": 37}, "its block counts"),
        ("6.4", {"changed": 15, "merged": 42}, "the lower ones stay"),
        ("6.4", {"changed": 3, "merged": 39}, "up to conv_pw_13"),
        ("6.4", {"changed": 12, "merged": 27}, "there twice"),
        ("6.4", {"changed": 12, "merged": 54}, "still are"),
        ("6.4", {"changed": 12, "merged": 162}, "still are"),
        ("6.4", {"changed": 12, "merged": 87}, "share theirs"),
        ("6.4", {"changed": 12, "merged": 40}, "the one trunk of five heads"),
    ],
)
def test_a_wrong_answer_gets_its_hint(check_id: str, answer: object, words: str) -> None:
    gets_hint(check_id, answer, words)


def publish(folder: Path, version: int, *thresholds: float, names: tuple[str, ...] = ("defect",)) -> Path:
    heads = tuple(
        Head(name=name, kind="defect", labels=("good", name), threshold=threshold)
        for name, threshold in zip(names, thresholds, strict=True)
    )
    described = Manifest(
        component="tile", version=version, heads=heads, picture=PictureInput(height=8, width=8, channels=3)
    )
    with staged(folder, version) as staging:
        described.write(staging)
    return folder / str(version)


def test_a_new_version_beside_the_old_one_passes(tmp_path: Path) -> None:
    publish(tmp_path, 1, 0.5)
    passes("6.2", publish(tmp_path, 2, 0.2))


def test_a_changed_version_is_noticed(tmp_path: Path) -> None:
    first = publish(tmp_path, 1, 0.5)
    second = publish(tmp_path, 2, 0.2)
    described = manifest.read(first)
    stricter = replace_field(described, heads=(replace_field(described.heads[0], threshold=0.2),))
    stricter.write(first)
    assert not judge("6.2", second)[0]


def test_the_wrong_threshold_is_named(tmp_path: Path) -> None:
    publish(tmp_path, 1, 0.5)
    gets_hint("6.2", publish(tmp_path, 2, 0.3), "0.3")


@pytest.mark.parametrize("names", [("short", "open"), ("open", "short")])
def test_two_heads_with_the_wanted_thresholds_pass(tmp_path: Path, names: tuple[str, ...]) -> None:
    thresholds = {"short": 0.3, "open": 0.6}
    passes("6.3", publish(tmp_path, 1, *(thresholds[name] for name in names), names=names))


@pytest.mark.parametrize(
    ("heads", "words"),
    [
        ({"short": 0.3}, "two calls write two versions"),
        ({"short": 0.3, "open": 0.6, "spur": 0.5}, "expected short and open"),
        ({"short": 0.3, "open": 0.5}, "a Wish says it"),
        ({"defect": 0.3}, "expected short and open"),
    ],
)
def test_other_heads_or_thresholds_are_named(tmp_path: Path, heads: dict[str, float], words: str) -> None:
    gets_hint("6.3", publish(tmp_path, 1, *heads.values(), names=tuple(heads)), words)


@given(st.sampled_from(["6.1", "6.2", "6.3", "6.4"]), weird(("input", "dtype", "outputs"), ("changed", "merged")))
@settings(deadline=None)
def test_a_weird_answer_gets_a_sentence(check_id: str, answer: object) -> None:
    gets_a_sentence(check_id, answer)
