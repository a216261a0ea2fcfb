"""What is learnt from good pictures alone, on a network with random weights."""

from dataclasses import replace

import numpy as np
import pytest

from aoi_modules.datasets.table import Split
from aoi_modules.errors import DataError
from aoi_modules.tf import keras
from aoi_modules.training import profiles, recipes
from aoi_modules.training.fitting.one_class import good_of, learn_good
from aoi_modules.training.measuring import metrics
from aoi_modules.training.measuring.evaluation import scores
from aoi_modules.training.plan import Plan, plan
from aoi_modules.training.sizing import fitted
from aoi_modules.training.wishes import Wishes
from tests.training.small import DEFECT, PICTURE, split

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("bare_machine")]


def planned(given: Split, **wishes: object) -> Plan:
    recipe = recipes.by_name("magnetic-tile")
    recipe = replace(recipe, picture_input=PICTURE, heads=(DEFECT,), backbone="mobilenet-0.25")
    return fitted(plan(recipe, profiles.by_name("ci"), good_only=True, **wishes), given)  # type: ignore[arg-type]


def spotted(train: int = 40) -> Split:
    """Bright squares on either side; the defect is that a red spot lies on the picture."""
    given = split(train=train)
    for table in (given.train, given.validation, given.test):
        table.pictures[table.labels == 1, 9:15, 9:15] = (250, 0, 0)  # type: ignore[index]
    return given


PART = Wishes(crop=(0.25, 0.25, 0.5, 0.5), picture_size=(32, 32))


@pytest.mark.parametrize("wishes", [Wishes(tiles=(2, 2), picture_size=(128, 128)), PART])
def test_a_spot_is_unlike_all_good_parts(wishes: Wishes) -> None:
    given, lines = spotted(), list[str]()
    wanted = planned(given, **wishes)
    keras.utils.set_random_seed(4)
    model, weights = learn_good(wanted, given, lines.append)
    found = scores(model, given.test, wanted.recipe.picture_input)
    assert metrics.auroc(found["defect"][:, 0], given.test.labels) > 0.85
    assert found["defect_map"].shape[1:] == tuple(model.output["defect_map"].shape[1:])
    assert weights == "random"
    assert any("20 good training pictures" in line for line in lines)


def test_pictures_with_defects_are_never_looked_at() -> None:
    given = spotted()
    blind = replace(given, train=given.train.take(np.flatnonzero(given.train.labels == 0)))
    wanted = planned(given)
    answers = []
    for one in (given, blind):
        keras.utils.set_random_seed(4)
        model, _ = learn_good(wanted, one, lambda line: None)
        answers.append(scores(model, given.test, PICTURE)["defect"])
    np.testing.assert_array_equal(answers[0], answers[1])


def test_without_good_pictures_there_is_nothing_to_learn() -> None:
    given = spotted()
    bad = given.train.take(np.flatnonzero(given.train.labels == 1))
    with pytest.raises(DataError, match=r"expected good ones\. Received: 20 pictures, none of them good"):
        good_of(bad, DEFECT, "training")
