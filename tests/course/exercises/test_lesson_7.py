"""Lesson 7: right answers pass, typical mistakes get the hint that fits them, weird ones a sentence."""

import shlex
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aoi_modules.client.rollout.canary import Pair
from aoi_modules.client.rollout.metrics_page import LATENCY, REQUESTS, MetricsPage
from aoi_modules.course.checks import judge
from aoi_modules.course.exercises.servables.tasks import Task
from aoi_modules.course.notebook.file import read_notebook
from aoi_modules.course.notebook.forms import exercises
from aoi_modules.serving import model_config
from aoi_modules.serving.launchers.docker import IMAGE
from aoi_modules.serving.model_config import ServedModel, VersionPolicy
from tests.course.exercises.answers import gets_a_sentence, gets_hint, passes, weird

SCORES = [(0.1, 0.1), (0.2, 0.35), (0.5, 0.45), (0.45, 0.2), (0.9, 0.8), (0.35, 0.38), (0.41, 0.31), (0.1, 0.9)]
"""Stable and canary; with their own thresholds 4 of 8 agree, 2 fail newly, 2 pass newly."""
PAIRS = [
    Pair(str(number), {"defect": np.array([old])}, {"defect": np.array([new])}, 0.01, 0.01)
    for number, (old, new) in enumerate(SCORES)
]
OPINION: dict[str, Any] = {"pairs": PAIRS, "thresholds": (0.4, 0.36), "agreement": 4 / 8, "newly_failed": 2}


def opinion(**changes: Any) -> dict[str, Any]:
    return {**OPINION, **changes}


FASHION = ServedModel("fashion", Path("/m/fashion"))


def config(
    labels: dict[str, int] | None = None,
    *,
    policy: VersionPolicy = VersionPolicy(None),  # noqa: B008 - frozen
    names: tuple[str, ...] = ("tile", "fashion"),
    folder: str = "/m/tile",
    fashion: ServedModel = FASHION,
) -> str:
    labels = {"stable": 1, "canary": 2} if labels is None else labels
    models = {"tile": ServedModel("tile", Path(folder), policy, labels), "fashion": fashion}
    models["third"] = ServedModel("third", Path("/m/third"))
    return model_config.to_text([models[name] for name in names])


PROMOTED = config({"stable": 2, "canary": 2})


def back(after: object, before: object = PROMOTED) -> dict[str, object]:
    return {"before": before, "after": after}


def page(latencies: list[float], *, failed: int = 0) -> MetricsPage:
    tile = ("model_name", "tile")
    return MetricsPage(
        {
            (REQUESTS, frozenset({tile, ("status", "OK")})): len(latencies),
            (REQUESTS, frozenset({tile, ("status", "NOT_FOUND")})): failed,
            (f"{LATENCY}_sum", frozenset({tile, ("API", "Predict")})): sum(latencies),
            (f"{LATENCY}_count", frozenset({tile, ("API", "Predict")})): len(latencies),
        }
    )


BEFORE, AFTER = page([50_000.0] * 4, failed=1), page([50_000.0] * 4 + [2000.0] * 30, failed=3)
READING: dict[str, Any] = {"before": BEFORE, "after": AFTER, "seconds": 3.0, "per_second": 10, "milliseconds": 2.0}


def reading(**changes: Any) -> dict[str, Any]:
    return {**READING, **changes}


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    for name in ("fashion", "tile"):
        (folder / name / "1").mkdir(parents=True)
        (folder / name / "1" / "saved_model.pb").touch()
    return folder


TASK = Task.of(Random("a test"))
NAME, GRPC, REST = f"--name={TASK.name}", f"-p {TASK.grpc}:8500", f"-p {TASK.rest}:8501"
COMMAND = f"docker run --rm {NAME} {GRPC} {REST} -v {{models}}/fashion:/models/fashion:ro {{image}} {{arguments}}"
ARGUMENTS = "--model_name=fashion --model_base_path=/models/fashion"


def line(text: object) -> dict[str, object]:
    return {"task": TASK, "engine": None, "command": text}


def command(models: Path, changes: dict[str, str], image: str = IMAGE, arguments: str = ARGUMENTS) -> str:
    text = COMMAND.format(models=models, image=image, arguments=arguments)
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"--rm": "--detach --memory 2g"},
        {"docker run": "sudo docker run", IMAGE: f"docker.io/{IMAGE}"},
        {GRPC: f"--publish=127.0.0.1:{TASK.grpc}:8500 \\\n "},
        {ARGUMENTS: "", "--rm": "-t --rm -e MODEL_NAME=fashion"},
        {"-v {models}/fashion:/models/fashion:ro": "--mount type=bind,src={models},dst=/models,readonly"},
    ],
)
def test_every_right_command_passes(changes: dict[str, str], models: Path) -> None:
    filled = {old.format(models=models): new.format(models=models) for old, new in changes.items()}
    passes("7.1", line(command(models, filled)))
    passes("7.1", line(shlex.split(command(models, filled).replace("\\\n", " "))))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({GRPC: "..."}, "still open"),
        ({GRPC: "-p 8500:8500"}, f"expected your port {TASK.grpc}"),
        ({f"{NAME} ": ""}, f"none, so Docker makes one up, expected {TASK.name}"),
        ({TASK.name: "fashion-neighbour"}, f"expected {TASK.name}"),
        ({"docker run": "docker start"}, "docker run"),
        ({IMAGE: "tensorflow/serving"}, "tomorrow that may be another server"),
        ({IMAGE: "tensorflow/serving:latest"}, "tomorrow that may be another server"),
        ({IMAGE: "tensorflow/serving:2.5.1"}, "found version 2.5.1"),
        ({IMAGE: "tensorflow/tensorflow:2.20.0"}, "expected tensorflow/serving"),
        ({f"{REST} ": ""}, "nobody outside reaches port 8501, where the server answers REST"),
        ({GRPC: f"-p 8500:{TASK.grpc}"}, "outside:inside"),
        ({"/fashion:/models/fashion:ro": "/fashion:/models/fashion"}, "could write there"),
        ({"{models}/fashion:/m": "fashion:/m"}, "a volume of its own"),
        ({"{models}/fashion:/m": "{models}/shirts:/m"}, "no folder of this machine"),
        ({"{models}/fashion:/m": "{models}/fashion/1:/m"}, "a version itself"),
        ({"{models}/fashion:/m": "{models}:/m"}, "no versions"),
        ({"path=/models/fashion": "path=/models/fashion/1"}, "a version itself"),
        ({"path=/models/fashion": "path={models}/fashion"}, "the container sees /models/fashion"),
        ({ARGUMENTS: ""}, "--model_name=model; clients ask for fashion"),
        ({"_name=fashion": "_name=tile"}, "clients ask for fashion"),
        ({"--model_base_path": "--model_path"}, "--model_path: the server has no such flag"),
        ({ARGUMENTS: f"{ARGUMENTS} --host=0.0.0.0"}, "--host: the server has no such flag"),
        ({ARGUMENTS: f"{ARGUMENTS} {GRPC}"}, "what stands behind the image goes to the server"),
        ({ARGUMENTS: f"{ARGUMENTS} --port=9000"}, "expected --port=8500"),
        ({ARGUMENTS: "--model_config_file=/models/models.config"}, "lists several models"),
        ({"--rm": "--entrypoint=bash"}, "found the program bash"),
        ({"--rm": "--rm --modelname=x"}, "--modelname"),
    ],
)
def test_a_wrong_command_gets_its_hint(changes: dict[str, str], words: str, models: Path) -> None:
    filled = {old.format(models=models): new.format(models=models) for old, new in changes.items()}
    gets_hint("7.1", line(command(models, filled)), words)


def lesson_file(task: Task = TASK) -> str:
    """The Kubernetes file of the lesson's solution."""
    path = Path(__file__).parents[3] / "notebooks" / "07_deploy_model.ipynb"
    (found,) = [one for one in exercises(read_notebook(path)) if one.id == "7.2"]
    assert found.solution is not None
    names: dict[str, Any] = {"task": task}
    exec(found.solution.source, names)
    return str(names["own"])


FILE = lesson_file()
AMOUNTS = f"requests: {{cpu: 200m, memory: {TASK.memory}}}"
PROBE = f"{{grpc: {{port: 8500}}, periodSeconds: {TASK.period}}}"
APP = f"{{app: {TASK.name}}}"


def applied(text: object) -> dict[str, object]:
    return {"task": TASK, "cluster": None, "models": Path("models"), "file": text}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", ""),
        (AMOUNTS, AMOUNTS.replace("200m", "0.2").replace("Mi", "Mi ")),
        ("targetPort: grpc", "targetPort: 8500"),
        (f"selector: {APP}", f"selector: {APP}\n  type: ClusterIP"),
    ],
)
def test_the_file_of_the_solution_passes_in_other_forms_too(old: str, new: str) -> None:
    assert old in FILE
    passes("7.2", applied(FILE.replace(old, new) if old else FILE))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (f"labels: {APP}", "labels: FILL_IN", "is still open"),
        (f"  labels: {APP}", "  labels: {app: shirts}", "selector"),
        ("image: tensorflow/serving:2.20.0", "image: tensorflow/serving", "has no version"),
        ("image: tensorflow/serving:2.20.0", "image: tensorflow/serving:2.5.1", "found version 2.5.1"),
        ("readinessProbe:", "redinesProbe:", "redinesProbe is no field"),
        ("readinessProbe: {grpc: {port: 8500}", "readinessProbe: {tcpSocket: {port: 8500}", "found tcpSocket"),
        ("base_path=/models/fashion", "base_path=/models", "/models/fashion"),
        ("base_path=/models/fashion", "base_path=/data/fashion", "the container sees /models"),
        (f"selector: {APP}", "selector: {app: model-server}", "finds no pod"),
        ("port: 8501,", "port: 80,", "expected 8500 for gRPC and 8501 for REST"),
        ("targetPort: grpc", "targetPort: http-rest", "port 8500 leads to 8501"),
        ("targetPort: grpc", "targetPort: gprc", "is no port of its pods"),
        ("cpu: 200m,", "cpu: 1,", "resources.requests.cpu: found 1, expected 200m"),
        ("claimName: models", "claimName: others", "expected models, which holds"),
        (", fsGroup: 10001", "", "no securityContext.fsGroup"),
        (f"limits: {{memory: {TASK.memory}}}", "limits: {cpu: 1}", "no resources.limits.memory"),
        (f"limits: {{memory: {TASK.memory}}}", "limits: {memory: 2Gi}", "limits.memory: found 2Gi, expected"),
        ("cpu: 200m,", "cpu: one,", "found one, which is no amount"),
        (f"{PROBE}\n", "{grpc: {port: 8500}}\n", f"every 10, expected {TASK.period}"),
        (f"Service\nmetadata:\n  name: {TASK.name}", "Service\nmetadata:\n  name: shirts", "found the name shirts"),
        ("\n---\n", "\n", "expected a Deployment and a Service"),
        ("kind: Service", "kind: Servise", "expected a Deployment and a Service"),
        ("spec:\n  replicas", " spec:\n  replicas", "no YAML"),
        ("kind: Service", "", "expected a Deployment and a Service"),
        (f"metadata:\n  name: {TASK.name}\nspec:\n  sel", "spec:\n  sel", "Service: found no metadata"),
        (PROBE, "{grpc: 8500}", "V1GRPCAction"),
    ],
)
def test_a_wrong_file_gets_its_hint(old: str, new: str, words: str) -> None:
    assert old in FILE
    gets_hint("7.2", applied(FILE.replace(old, new)), words)


@pytest.mark.parametrize(
    ("check_id", "answer"),
    [
        ("7.3", opinion()),
        ("7.3", opinion(agreement=np.float64(0.5), newly_failed=np.int64(2))),
        ("7.3", opinion(agreement=50, newly_failed=2.0)),
        ("7.4", back(config())),
        ("7.4", back(config(names=("fashion", "tile")))),
        ("7.5", reading()),
        ("7.5", reading(per_second=np.float64(10.0))),
        ("7.5", reading(seconds=3.1234, per_second=9.60)),
    ],
)
def test_a_right_answer_passes(check_id: str, answer: object) -> None:
    passes(check_id, answer)


@pytest.mark.parametrize(
    ("check_id", "answer", "words"),
    [
        ("7.3", opinion(agreement=...), "no answer yet"),
        ("7.3", opinion(agreement=4), "how many agree"),
        ("7.3", opinion(agreement=5 / 8), "one threshold for both"),
        ("7.3", opinion(agreement=1 / 8), "equal scores"),
        ("7.3", opinion(agreement=0.3), "over the threshold of its version"),
        ("7.3", opinion(newly_failed=...), "no answer yet"),
        ("7.3", opinion(newly_failed=4), "all parts with another verdict"),
        ("7.3", opinion(newly_failed=7), "pass with stable and fail"),
        ("7.3", opinion(pairs=[]), "compare"),
        ("7.3", opinion(thresholds=0.4), "leave them"),
        ("7.4", None, "no answer yet"),
        ("7.4", back(None), "after: found None (no answer yet)"),
        ("7.4", back(PROMOTED), "stable still names version 2"),
        ("7.4", back(config(names=("tile",))), "take fashion away"),
        ("7.4", back(config(names=("fashion",))), "tile is not among them"),
        ("7.4", back(config(names=("tile", "fashion", "third"))), "third was not there before"),
        ("7.4", back(config(policy=VersionPolicy())), "serves [2]"),
        ("7.4", back(config(policy=VersionPolicy(specific=(1,)))), "serves [1]"),
        ("7.4", back(config(policy=VersionPolicy(2))), "another policy"),
        ("7.4", back(config(policy=VersionPolicy(specific=(1, 2)))), "another policy"),
        ("7.4", back(config({})), "labels: found {}"),
        ("7.4", back(config({"stable": 1})), "canary on 2"),
        ("7.4", back(config(folder="/m/tile/1")), "above its versions"),
        ("7.4", back(config(folder="/elsewhere/tile")), "above its versions, /m/tile"),
        ("7.4", back(config(fashion=replace(FASHION, base_path=Path("/nowhere")))), "fashion: base_path /nowhere"),
        ("7.4", back(config(fashion=replace(FASHION, policy=VersionPolicy(None)))), "fashion: another policy"),
        ("7.4", back(config(fashion=replace(FASHION, labels={"stable": 1}))), "fashion: labels: found {'stable': 1}"),
        ("7.4", back("model_config_list { config {"), "not a tensorflow.serving.ModelServerConfig"),
        ("7.4", back(config(), before=None), "before: found None"),
        ("7.4", back(config(), before=""), "leave it as it is"),
        ("7.4", back(config(), before=config(names=("tile",))), "leave it as it is"),
        ("7.5", reading(per_second=...), "no answer yet"),
        ("7.5", reading(per_second=34 / 3), "since the server's start"),
        ("7.5", reading(per_second=30), "number of calls"),
        ("7.5", reading(per_second=0.1), "seconds a call"),
        ("7.5", reading(per_second=32 / 3), "with the status OK"),
        ("7.5", reading(per_second=9), "after less before"),
        ("7.5", reading(milliseconds=2000), "microseconds"),
        ("7.5", reading(milliseconds=0.002), "found 0.002, seconds"),
        ("7.5", reading(milliseconds=260 / 34), "since the server's start"),
        ("7.5", reading(milliseconds=100), "calls overlap"),
        ("7.5", reading(milliseconds=7), "divide what"),
        ("7.5", reading(after=BEFORE), "no answered call"),
        ("7.5", reading(before="page"), "the reading above"),
    ],
)
def test_a_wrong_answer_gets_its_hint(check_id: str, answer: object, words: str) -> None:
    gets_hint(check_id, answer, words)


def test_a_change_in_the_other_direction_is_named() -> None:
    more = [*PAIRS, Pair("9", {"defect": np.array([0.1])}, {"defect": np.array([0.5])}, 0.01, 0.01)]
    wrong = opinion(pairs=more, agreement=4 / 9, newly_failed=2)
    assert "the other way round" in judge("7.3", wrong)[1]
    assert "with another verdict" in judge("7.3", {**wrong, "agreement": 5 / 9})[1]


FORMS = (OPINION, READING, back(None), line(None), applied(None))


@given(
    st.sampled_from(["7.1", "7.2", "7.3", "7.4", "7.5"]),
    st.text() | weird(*FORMS),
)
@settings(deadline=None)
def test_a_weird_answer_gets_a_sentence(check_id: str, answer: object) -> None:
    gets_a_sentence(check_id, answer)
