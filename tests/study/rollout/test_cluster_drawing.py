"""The drawing shows what the file says: names, ports, selector, and where things are mounted."""

from pathlib import Path

from aoi_modules.cluster.deployment import Deployment
from aoi_modules.plots import Plot
from aoi_modules.serving.model_config import ServedModel
from aoi_modules.study.rollout.cluster_drawing import cluster


def drawn(replicas: int) -> Plot:
    objects = Deployment("server", [ServedModel("tile", Path("/data/tile"))], replicas=replicas).kubernetes()
    return cluster(objects, namespace="line", title="A file")


def words(plot: Plot) -> list[str]:
    return [text.get_text() for text in plot.axes[0].texts if text.get_text()]


def test_every_pod_is_drawn_with_what_it_runs() -> None:
    for replicas in (1, 3):
        pods = [text for text in words(drawn(replicas)) if text.startswith("pod\n")]
        assert pods == ["pod\ntensorflow/serving:2.20.0\nports 8500, 8501"] * replicas


def test_the_words_are_those_of_the_file() -> None:
    text = "\n".join(words(drawn(2)))
    for part in (
        "Namespace line",
        "Deployment server: 2 pods",
        "Service\nserver\nport 8500: grpc\nport 8501: http-rest",
        "app.kubernetes.io/name=server",
        "ConfigMap\nserver\nseen at /etc/model-server",
        "PersistentVolumeClaim\nmodels\nseen at /models",
    ):
        assert part in text


def test_it_can_be_shown() -> None:
    assert drawn(2)._repr_png_().startswith(b"\x89PNG")
