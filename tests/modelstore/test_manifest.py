import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.errors import StoreError
from aoi_modules.modelstore.learnt_units import LearntUnits
from aoi_modules.modelstore.manifest import DataOrigin, Head, Manifest, PictureInput, Source, read
from aoi_modules.modelstore.reference import Reference, Spread
from aoi_modules.verdict import Limits

names = st.text(min_size=1, max_size=8)
unit = st.floats(0, 1)
heads = st.builds(
    Head,
    name=names,
    kind=st.sampled_from(["defect", "class", "value"]),
    labels=st.lists(names, max_size=3).map(tuple),
    threshold=st.none() | unit,
    metrics=st.dictionaries(names, unit, max_size=2),
)
spreads = st.builds(Spread, mean=unit, deviation=unit, p1=unit, p50=unit, p99=unit)
manifests = st.builds(
    Manifest,
    component=names,
    version=st.integers(1, 2**63 - 1),
    heads=st.lists(heads, max_size=3).map(tuple),
    picture=st.builds(
        PictureInput, height=st.integers(1, 999), width=st.integers(1, 999), channels=st.sampled_from([1, 3])
    ),
    data=st.none() | st.builds(DataOrigin, name=names, sha256=names, stand_in=st.booleans()),
    reference=st.none() | st.builds(Reference, pictures=st.integers(1, 999), brightness=spreads, sharpness=spreads),
    units=st.none() | st.builds(LearntUnits.of, names, learnt=st.just([]), held_out=st.lists(names)),
)


@given(manifests)
def test_json_brings_back_the_same_manifest(manifest: Manifest) -> None:
    assert Manifest.from_json(manifest.to_json(), "here") == manifest


def small(**fields: object) -> Manifest:
    head = Head(name="defect", kind="defect", labels=("good", "defect"), threshold=0.4, review_band=(0.3, 0.4))
    defaults = {
        "component": "tile",
        "version": 3,
        "heads": (head,),
        "picture": PictureInput(height=8, width=8, channels=1),
    }
    return Manifest(**(defaults | fields))  # type: ignore[arg-type]


def test_a_head_gives_its_limits() -> None:
    assert small().head("defect").limits == Limits(0.4, (0.3, 0.4))


def test_it_tells_from_which_data_sets_it_and_its_sources_learnt() -> None:
    own, others = (DataOrigin(name=name, sha256="0", stand_in=False) for name in ("tile", "pcb"))
    picture = PictureInput(height=8, width=8, channels=1)
    sources = (Source(heads=("a",), picture=picture, data=others), Source(heads=("b",), picture=picture))
    made = Manifest(component="tile", version=1, heads=(), picture=picture, data=own, sources=sources)
    assert made.origins == [own, others]
    assert Manifest(component="tile", version=1, heads=(), picture=picture).origins == []


def test_an_unknown_head_is_answered_with_the_known_ones() -> None:
    with pytest.raises(StoreError, match="has no head 'scratch'; it has: defect"):
        small().head("scratch")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"{", "not a manifest"),
        (b"\xff\xfe", "not a manifest"),
        (small().to_json().replace(b'"format": 1', b'"format": "one"'), r"\$\.format"),
        (small().to_json().replace(b'"version": 3', b'"version": "3"'), r"\$\.version"),
        (small().to_json().replace(b'"component"', b'"komponent"'), r"`component`"),
    ],
)
def test_what_is_no_manifest_is_refused_with_its_origin_and_field(text: bytes, words: str) -> None:
    with pytest.raises(StoreError, match=words) as caught:
        Manifest.from_json(text, "server X")
    assert "server X" in str(caught.value)


def test_fields_of_a_newer_release_are_passed_over_wherever_they_stand() -> None:
    source = Source(heads=("defect",), picture=PictureInput(height=8, width=8, channels=1))
    old = small(data=DataOrigin(name="d", sha256="0", stand_in=False), sources=(source,))
    newer = json.loads(old.to_json())
    places = [
        newer,
        newer["picture"],
        newer["data"],
        *newer["heads"],
        *newer["sources"],
        newer["sources"][0]["picture"],
    ]
    for place in places:
        place["glare"] = {"angle": 3}
    assert Manifest.from_json(json.dumps(newer), "server X") == old


def test_a_manifest_of_an_older_release_does_not_say_what_the_model_learnt_from() -> None:
    older = json.loads(small().to_json())
    del older["reference"], older["units"]
    assert Manifest.from_json(json.dumps(older), "server X") == small()


def test_another_format_is_refused_before_any_field_is_looked_at() -> None:
    with pytest.raises(StoreError) as caught:
        Manifest.from_json(b'{"format": 2, "heads": "elsewhere"}', "server X")
    assert caught.value.message == "server X: expected format 1. Received: format 2"
    assert "upgrade" in caught.value.hint


def test_a_directory_without_a_manifest_says_who_writes_one(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="aoi export"):
        read(tmp_path)
    small().write(tmp_path)
    assert read(tmp_path) == small()
