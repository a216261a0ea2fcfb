"""The pages in order keep to the fields of Kubernetes, and each fault spoils one thing."""

import pytest
import yaml

from aoi_modules.cluster.schemas import VERSIONS, wrong_fields
from aoi_modules.study.clusters.pages import FAULTS, GROUPS, broken, objects


def test_every_version_knows_its_fields() -> None:
    for version in VERSIONS:
        assert list(wrong_fields(objects("room"), version)) == []


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_spoils_one_object_and_no_field_that_is_unknown(name: str) -> None:
    spoiled = list(yaml.safe_load_all(broken(FAULTS[name], "room")))
    right = objects("room")
    changed = [one["kind"] for one, other in zip(spoiled, right, strict=True) if one != other]
    assert len(changed) == 1
    assert list(wrong_fields(spoiled, "1.37")) == []


def test_every_fault_belongs_to_one_group() -> None:
    assert sorted(name for group in GROUPS for name in group) == sorted(FAULTS)
