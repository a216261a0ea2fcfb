"""The line and the objects of the example say the same."""

from aoi_modules.cluster.container import Container
from aoi_modules.cluster.schemas import wrong_fields
from aoi_modules.study.clusters.jupyter_example import LINE, objects


def test_line_and_objects_agree() -> None:
    line, (claim, deployment, service) = Container.of_docker(LINE), objects()
    container = Container.of_pod(deployment["spec"]["template"]["spec"]["containers"][0])
    assert container.image == line.image
    assert [str(one.target) for one in container.mounts] == [str(one.target) for one in line.mounts]
    ports = {one["targetPort"]: one["port"] for one in service["spec"]["ports"]}
    assert ports == dict(line.published)
    assert deployment["metadata"]["name"] == line.options["--name"]
    assert claim["metadata"]["name"] == "work"


def test_a_cluster_would_know_their_fields() -> None:
    assert list(wrong_fields(objects(), "1.37")) == []
