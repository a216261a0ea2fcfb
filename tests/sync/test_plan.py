"""What is served next keeps to what is here and loaded, and ends at what is wanted."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.modelstore.registry.catalogue import Model
from aoi_modules.sync.plan import Serving, following, wanted

TIME = datetime(2026, 11, 30, tzinfo=UTC)
VERSIONS = st.integers(1, 6)
SETS = st.frozensets(VERSIONS, max_size=6)
LABELS = st.dictionaries(st.sampled_from(["stable", "canary", "shadow"]), VERSIONS)


@st.composite
def servings(draw: st.DrawFn) -> Serving:
    labels = draw(LABELS)
    return Serving(tuple(sorted({*draw(SETS), *labels.values()})), labels)


def model(*versions: int, retired: tuple[int, ...] = ()) -> Model:
    return Model("tile", dict.fromkeys(versions, TIME), frozenset(retired), {})


def test_what_has_a_label_is_wanted_and_the_newest_that_is_not_hidden() -> None:
    assert wanted(model(1, 2, 3), {}, 1) == Serving((3,))
    assert wanted(model(1, 2, 3, retired=(3,)), {}, 1) == Serving((2,))
    assert wanted(model(1, 2, 3), {"stable": 1}, 1) == Serving((1, 3), {"stable": 1})
    assert wanted(model(1, 2, 3), {"stable": 1}, 0) == Serving((1,), {"stable": 1})
    assert wanted(model(1, 2, 3), {}, 0) == Serving()
    assert wanted(model(1, 2, 3), {"stable": 9}, 2) == Serving((2, 3))
    assert wanted(model(1, 2, retired=(1,)), {"stable": 1}, 1) == Serving((1, 2), {"stable": 1})  # a server needs it


def test_a_version_comes_first_and_its_label_when_it_is_loaded() -> None:
    before, goal = Serving((3,), {"stable": 3}), Serving((4,), {"stable": 4})
    first = following(before, goal, here={3, 4}, loaded={3}, fresh=False)
    assert first == Serving((3, 4), {"stable": 3})
    assert following(first, goal, here={3, 4}, loaded={3}, fresh=False) == first
    assert following(first, goal, here={3, 4}, loaded={3, 4}, fresh=False) == goal


def test_a_new_config_has_its_labels_at_once() -> None:
    goal = Serving((3, 4), {"stable": 3})
    assert following(Serving(), goal, here={3, 4}, loaded=(), fresh=True) == goal
    assert following(Serving(), goal, here={3, 4}, loaded=(), fresh=False) == Serving((3, 4))
    assert following(Serving(), goal, here={4}, loaded=(), fresh=True) == Serving((4,))


def test_a_version_that_does_not_come_leaves_what_was_there() -> None:
    before = Serving((3,), {"stable": 3})
    assert following(before, Serving((4,), {"stable": 4}), here={3}, loaded={3}, fresh=False) == before


def test_a_label_that_was_taken_away_goes() -> None:
    before = Serving((3, 4), {"stable": 3})
    assert following(before, Serving((4,)), here={3, 4}, loaded={3, 4}, fresh=False) == Serving((4,))


@given(servings(), servings(), SETS, SETS, st.booleans())
def test_each_step_is_one_that_a_server_takes(
    before: Serving, goal: Serving, here: frozenset[int], loaded: frozenset[int], fresh: bool
) -> None:
    after = following(before, goal, here=here, loaded=loaded, fresh=fresh)
    assert set(after.versions) <= here
    assert set(after.labels.values()) <= set(after.versions)
    assert set(after.labels) <= set(goal.labels)
    if not fresh:
        for label, version in after.labels.items():  # each label stays, or goes to what a server has
            assert before.labels.get(label) == version or version in loaded & set(before.versions)
    if not set(goal.versions) <= loaded & set(before.versions):
        assert set(before.versions) & here <= set(after.versions)


@given(servings(), servings(), st.booleans())
def test_two_steps_with_all_loaded_end_at_the_goal(before: Serving, goal: Serving, fresh: bool) -> None:
    here = {*before.versions, *goal.versions}
    now = before
    for _ in range(2):
        now = following(now, goal, here=here, loaded=now.versions, fresh=fresh)
    assert now == goal
    assert following(now, goal, here=here, loaded=now.versions, fresh=False) == goal
