import math

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aoi_modules.errors import RouteError, WireError
from aoi_modules.judging.inspection import (
    Inspection,
    ModelVersion,
    heads_without_manifest,
    judge,
    judge_head,
)
from aoi_modules.judging.limits import HeadLimits
from aoi_modules.judging.regions import Region
from aoi_modules.modelstore.manifest import Head, Manifest, PictureInput, ScoreMap
from aoi_modules.verdict import Verdict
from aoi_modules.wire.tensors import Array

DEFECT = Head(name="defect", kind="defect", labels=("good", "crack"), threshold=0.5, review_band=(0.4, 0.5))
SURFACE = Head(name="surface", kind="class", labels=("smooth", "rough", "torn"))
HEIGHT = Head(name="height", kind="value", labels=())
MODEL = ModelVersion(name="tile", version=1)


def manifest(*heads: Head) -> Manifest:
    return Manifest(component="tile", version=1, heads=heads, picture=PictureInput(height=8, width=8, channels=1))


def column(*values: float) -> Array:
    return np.array([values], np.float32)


def inspection_of(scores: dict[str, Array], *heads: Head, **limits: HeadLimits) -> Inspection:
    return judge(scores, manifest(*heads), limits, component="tile", model=MODEL)


def without_manifest(scores: dict[str, Array], **limits: HeadLimits) -> Inspection:
    return judge(scores, None, limits, component="tile", model=MODEL)


@pytest.mark.parametrize(("score", "verdict"), [(0.39, "PASS"), (0.45, "REVIEW"), (0.51, "FAIL")])
def test_a_defect_head_judges_by_the_manifest(score: float, verdict: str) -> None:
    inspection = inspection_of({"defect": column(score)}, DEFECT)
    assert inspection.verdict == verdict
    assert inspection.heads[0].label == "crack"
    assert inspection.heads[0].score == pytest.approx(score)


def test_the_worst_head_decides() -> None:
    other = Head(name="dent", kind="defect", labels=("good", "dent"), threshold=0.5)
    assert inspection_of({"defect": column(0.45), "dent": column(0.9)}, DEFECT, other).verdict is Verdict.FAIL
    assert inspection_of({"defect": column(0.45), "dent": column(0.1)}, DEFECT, other).verdict is Verdict.REVIEW


def test_heads_that_judge_nothing_leave_it_to_an_operator() -> None:
    inspection = inspection_of({"surface": column(0.7, 0.2, 0.1), "height": column(3.5)}, SURFACE, HEIGHT)
    assert inspection.verdict is Verdict.REVIEW
    assert [head.verdict for head in inspection.heads] == [None, None]
    assert inspection.heads[0].label == "smooth"
    assert inspection.heads[1].score == 3.5


def test_a_class_head_with_good_labels_scores_the_rest() -> None:
    route = HeadLimits(good=("smooth", "rough"), threshold=0.05)
    head = inspection_of({"surface": column(0.7, 0.2, 0.1)}, SURFACE, surface=route).heads[0]
    assert head.score == pytest.approx(0.1, abs=1e-6)
    assert head.verdict is Verdict.FAIL
    assert head.scores == pytest.approx({"smooth": 0.7, "rough": 0.2, "torn": 0.1})


def test_a_class_head_may_take_its_threshold_from_the_manifest() -> None:
    judged = msgspec.structs.replace(SURFACE, threshold=0.05)
    route = HeadLimits(good=("smooth", "rough"))
    assert inspection_of({"surface": column(0.7, 0.2, 0.1)}, judged, surface=route).verdict is Verdict.FAIL
    assert inspection_of({"surface": column(0.7, 0.2, 0.1)}, judged).verdict is Verdict.REVIEW


def test_a_class_head_judges_by_the_good_labels_of_its_manifest_and_the_route_wins() -> None:
    judged = msgspec.structs.replace(SURFACE, good=("smooth",), threshold=0.35)
    found = inspection_of({"surface": column(0.7, 0.2, 0.1)}, judged)
    assert (found.verdict, found.heads[0].label, found.heads[0].threshold) == (Verdict.PASS, "smooth", 0.35)
    assert found.heads[0].score == pytest.approx(0.3)
    stricter = inspection_of({"surface": column(0.7, 0.2, 0.1)}, judged, surface=HeadLimits(threshold=0.2))
    assert (stricter.verdict, stricter.heads[0].threshold) == (Verdict.FAIL, 0.2)
    other = HeadLimits(good=("smooth", "rough"), threshold=0.2)
    assert inspection_of({"surface": column(0.7, 0.2, 0.1)}, judged, surface=other).verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("limits", "label"),
    [
        (HeadLimits(threshold=0.05), "rough"),
        (HeadLimits(threshold=0.5), "smooth"),
        (HeadLimits(threshold=0.5, review_band=(0.1, 0.5)), "smooth"),
    ],
)
def test_the_label_of_a_class_head_fits_its_verdict(limits: HeadLimits, label: str) -> None:
    judged = msgspec.structs.replace(SURFACE, good=("smooth",))
    assert judge_head(judged, [0.7, 0.2, 0.1], limits).label == label


def test_a_part_that_passes_is_called_good_though_a_defect_was_likelier() -> None:
    judged = msgspec.structs.replace(SURFACE, good=("smooth",), threshold=0.7)
    found = judge_head(judged, [0.4, 0.45, 0.15], HeadLimits())
    assert (found.verdict, found.label) == (Verdict.PASS, "smooth")


def test_good_labels_without_a_threshold_judge_nothing() -> None:
    found = judge_head(msgspec.structs.replace(SURFACE, good=("smooth",)), [0.2, 0.5, 0.3], HeadLimits())
    assert (found.verdict, found.label, found.score) == (None, "rough", 0.5)


def test_limits_for_a_head_that_is_not_there_are_refused() -> None:
    with pytest.raises(RouteError, match="'crack'; the model has: defect"):
        inspection_of({"defect": column(0.1)}, DEFECT, crack=HeadLimits(threshold=0.5))


@pytest.mark.parametrize(
    ("scores", "message"),
    [
        ({}, "no such output"),
        ({"defect": column(0.1, 0.2)}, "expected 1 values a picture. Received: 2"),
        ({"defect": np.zeros((1, 1, 1), np.float32)}, "expected numbers"),
        ({"defect": np.array([[b"x"]], object)}, "expected numbers"),
        ({"defect": np.zeros((0, 1), np.float32)}, "expected numbers"),
    ],
)
def test_an_output_that_is_not_the_heads(scores: dict[str, Array], message: str) -> None:
    with pytest.raises(WireError, match=message):
        inspection_of(scores, DEFECT)


def test_without_manifest_the_routes_limits_judge() -> None:
    scores = {"crack": column(0.9), "height": column(3.5), "kind": column(0.2, 0.8)}
    inspection = without_manifest(scores, crack=HeadLimits(threshold=0.5))
    assert [(head.name, head.kind, head.verdict) for head in inspection.heads] == [
        ("crack", "defect", Verdict.FAIL),
        ("height", "value", None),
        ("kind", "class", None),
    ]
    assert without_manifest(scores).verdict is Verdict.REVIEW


def test_without_manifest_one_score_a_picture_may_come_flat() -> None:
    scores = {"crack": np.array([0.9], np.float32)}
    assert [head.kind for head in heads_without_manifest(scores, {"crack": HeadLimits(threshold=0.5)})] == ["defect"]
    assert without_manifest(scores, crack=HeadLimits(threshold=0.5)).verdict is Verdict.FAIL


def test_an_inspection_names_part_and_model() -> None:
    inspection = inspection_of({"defect": column(0.1)}, DEFECT)
    assert (inspection.component, inspection.model) == ("tile", MODEL)


def test_it_is_told_whether_any_head_judged() -> None:
    assert inspection_of({"defect": column(0.1), "height": column(3.5)}, DEFECT, HEIGHT).is_judged
    assert not inspection_of({"surface": column(0.7, 0.2, 0.1), "height": column(3.5)}, SURFACE, HEIGHT).is_judged
    assert inspection_of({"height": column(math.nan)}, HEIGHT).is_judged, "a head that is broken is looked at"


any_float = st.floats(width=32)


@settings(deadline=None)
@given(any_float, st.tuples(any_float, any_float, any_float))
def test_any_output_gives_json_and_no_broken_number_passes(score: float, classes: tuple[float, ...]) -> None:
    inspection = inspection_of({"defect": column(score), "surface": column(*classes)}, DEFECT, SURFACE)
    text = msgspec.json.encode(inspection)
    assert msgspec.json.decode(text, type=Inspection) == inspection
    if not all(map(math.isfinite, (score, *classes))):
        assert inspection.verdict in (Verdict.REVIEW, Verdict.FAIL)
    for head in inspection.heads:
        assert head.score is None or math.isfinite(head.score)


@settings(deadline=None)
@given(st.floats(0, 1, width=32), st.floats(0, 1))
def test_the_verdict_of_one_head_without_band_is_its_threshold(score: float, threshold: float) -> None:
    head = Head(name="defect", kind="defect", labels=("good", "crack"), threshold=threshold)
    expected = Verdict.FAIL if score > threshold else Verdict.PASS
    assert inspection_of({"defect": column(score)}, head).verdict is expected


def test_a_class_head_without_good_labels_tells_the_likeliest_one_and_judges_nothing() -> None:
    found = judge_head(SURFACE, [0.25, 0.5, 0.25], HeadLimits())
    assert (found.label, found.score, found.verdict) == ("rough", 0.5, None)


def test_a_head_of_another_kind_than_class_keeps_its_score() -> None:
    assert judge_head(DEFECT, [0.75], HeadLimits()).score == 0.75
    assert judge_head(HEIGHT, [3.5], HeadLimits()).score == 3.5


def test_without_manifest_limits_make_a_defect_several_scores_a_class_and_the_rest_a_value() -> None:
    scores = {"judged": column(0.5), "told": column(0.5), "many": column(0.5, 0.25, 0.25)}
    heads = {head.name: head for head in heads_without_manifest(scores, {"judged": HeadLimits(threshold=0.5)})}
    assert {name: head.kind for name, head in heads.items()} == {"judged": "defect", "told": "value", "many": "class"}
    assert {name: head.labels for name, head in heads.items()} == {
        "judged": ("judged",),
        "told": (),
        "many": ("0", "1", "2"),
    }


def test_what_was_judged_cannot_be_changed() -> None:
    found = judge_head(DEFECT, [0.75], HeadLimits(threshold=0.5))
    with pytest.raises(AttributeError, match="immutable"):
        found.score = 0.0  # type: ignore[misc]


MAPPED = msgspec.structs.replace(DEFECT, map=ScoreMap(rows=2, columns=4))


def mapped(score: float) -> dict[str, Array]:
    cells = np.zeros((1, 2, 4), np.float32)
    cells[0, 1, 3] = score
    return {"defect": column(score), "defect_map": cells}


@pytest.mark.parametrize("score", [0.45, 0.9])
def test_a_map_says_where_the_defect_is(score: float) -> None:
    inspection = inspection_of(mapped(score), MAPPED)
    assert inspection.heads[0].region == Region(top=0.5, left=0.75, height=0.5, width=0.25)
    assert msgspec.json.decode(msgspec.json.encode(inspection), type=Inspection) == inspection


def test_a_part_that_passes_has_no_region() -> None:
    assert inspection_of(mapped(0.1), MAPPED).heads[0].region is None


def test_the_threshold_in_force_finds_the_region() -> None:
    scores = {"defect": column(0.9), "defect_map": np.array([[[0.9, 0.7, 0, 0], [0, 0, 0, 0]]], np.float32)}
    assert inspection_of(scores, MAPPED).heads[0].region == Region(top=0, left=0, height=0.5, width=0.5)
    strict = inspection_of(scores, MAPPED, defect=HeadLimits(threshold=0.8))
    assert strict.heads[0].region == Region(top=0, left=0, height=0.5, width=0.25)


def test_a_map_that_is_missing_is_named() -> None:
    with pytest.raises(WireError, match="head defect: the model's answer has no map defect_map; it has: defect"):
        inspection_of({"defect": column(0.9)}, MAPPED)


def test_a_map_is_no_head_where_no_manifest_says_what_it_is() -> None:
    assert [head.name for head in without_manifest(mapped(0.9), defect=HeadLimits(threshold=0.5)).heads] == ["defect"]
