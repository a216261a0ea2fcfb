"""Keys say what lies there, and paths stay in their folder."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.errors import RegistryError
from aoi_modules.modelstore.registry import addresses

NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,20}", fullmatch=True)
NUMBERS = st.integers(1, 2**63 - 1)


@given(NAMES, NUMBERS)
def test_keys_are_read_back(name: str, number: int) -> None:
    assert addresses.numbered(addresses.version_key(name, number)) == (name, number)
    assert addresses.numbered(addresses.retired_key(name, number)) == (name, number)
    assert addresses.move(addresses.move_key(name, "stable", number)) == (name, "stable", number)
    assert addresses.pending(addresses.pending_key(name, f"{number:032x}")) == (name, f"{number:032x}")


@given(st.text(max_size=60))
def test_any_other_key_is_none_of_ours(text: str) -> None:
    for read in (addresses.numbered, addresses.move, addresses.pending):
        assert read(f"other/{text}") is None
    assert addresses.numbered(f"versions/tile/{text}.jso") is None


@pytest.mark.parametrize(
    "key",
    [
        "versions/../3.json",
        "versions/.hidden/3.json",
        "labels/../stable/1.json",
        "labels/tile/a-b/1.json",
        "versions/tile/²3.json",
        "versions/tile/0.json",
        "versions/tile/01.json",
        "versions/a/b/1.json",
        "versions/1.json",
        f"versions/tile/{2**63}.json",
        f"versions/{'a' * 256}/1.json",
    ],
)
def test_numbers_have_one_spelling(key: str) -> None:
    assert addresses.numbered(key) is None


@pytest.mark.parametrize("label", ["stable", "canary", "line_3", "_", "3a"])
def test_labels(label: str) -> None:
    assert addresses.check_label(label) == label


@pytest.mark.parametrize("label", ["", "3", "a-b", "a/b", "a b", "ä", "a.b"])
def test_no_labels(label: str) -> None:
    with pytest.raises(RegistryError, match="label: expected letters"):
        addresses.check_label(label)


def test_a_probed_place_is_known_by_its_name() -> None:
    assert addresses.probed_key("a") != addresses.probed_key("b")
