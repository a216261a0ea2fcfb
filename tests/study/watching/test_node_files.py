"""Each fault changes one place of a file that is in order by itself."""

import pytest
import yaml

from aoi_modules.cluster.object_rules import has_known_fields
from aoi_modules.cluster.policies.references import fits_together
from aoi_modules.study.watching import node_files
from aoi_modules.study.watching.node_files import FAULTS, RIGHT


def test_the_file_is_in_order() -> None:
    objects = list(yaml.safe_load_all(RIGHT))
    assert [*has_known_fields(objects), *fits_together(objects)] == []


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_one_change(fault: str) -> None:
    assert RIGHT.count(FAULTS[fault].right) == 1
    assert node_files.broken(fault) != RIGHT
    assert list(yaml.safe_load_all(node_files.broken(fault))) != list(yaml.safe_load_all(RIGHT))


def test_prometheus_asks_for_the_service_of_the_file() -> None:
    (job,) = yaml.safe_load(node_files.JOB)
    (name,) = job["dns_sd_configs"][0]["names"]
    service = list(yaml.safe_load_all(RIGHT))[1]
    about = service["metadata"]
    assert name == f"_{service['spec']['ports'][0]['name']}._tcp.{about['name']}.{about['namespace']}"
