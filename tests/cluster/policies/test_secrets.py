"""What nobody may read: each mistake is named."""

import pytest

from aoi_modules.cluster.policies import secrets as rules
from tests.cluster.overlays import Mistake, Object, check, container, pod

SECRET = {"kind": "Secret", "metadata": {"name": "database", "namespace": "aoi"}}
ADDRESS = "postgresql://aoi:hunter2@db/results"


def variable(objects: list[Object], name: str, value: str) -> None:
    container(objects)["env"].append({"name": name, "value": value})


def argue(objects: list[Object], word: str) -> None:
    container(objects)["args"].append(word)


def tls(objects: list[Object]) -> Object:
    found: Object = next(volume["secret"] for volume in pod(objects)["volumes"] if volume["name"] == "tls")
    return found


def own(objects: list[Object]) -> None:
    container(objects)["env"][0]["valueFrom"]["secretKeyRef"]["name"] = "database-owner"


MISTAKES: list[Mistake] = [
    (rules.holds_no_secret, "local", lambda o: o.append({**SECRET, "data": {"url": "eA=="}}), "a Secret with data"),
    (rules.holds_no_secret, "local", lambda o: o.append({**SECRET, "stringData": {"url": "x"}}), "a Secret with data"),
    (rules.says_no_secret, "local", lambda o: variable(o, "POSTGRES_PASSWORD", "hunter2"), "POSTGRES_PASSWORD"),
    (rules.says_no_secret, "local", lambda o: variable(o, "URL", ADDRESS), "URL has its value here"),
    (rules.says_no_secret, "local", lambda o: argue(o, "--password=hunter2"), "--password"),
    (
        rules.says_no_secret,
        "local",
        lambda o: argue(o, f"--database={ADDRESS}"),
        "a secret: --database",
    ),
    (rules.shows_secrets_to_few, "local", lambda o: tls(o).pop("defaultMode"), "every program may read the secret"),
    (rules.keeps_the_owner_to_jobs, "local", own, "StatefulSet gateway: has the Secret database-owner"),
    (
        rules.keeps_the_owner_to_jobs,
        "prod",
        lambda o: pod(o, "StatefulSet", "object-store")["volumes"].append(
            {"name": "password", "secret": {"secretName": "postgresql"}}
        ),
        "StatefulSet object-store: has the Secret postgresql",
    ),
]


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named(mistake: Mistake) -> None:
    check(mistake)


def test_a_sentence_about_a_secret_does_not_say_it() -> None:
    spec = {"containers": [{"name": "c", "args": ["--password=hunter2", ADDRESS]}]}
    sentences = list(rules.says_no_secret([{"kind": "Pod", "metadata": {"name": "p"}, "spec": spec}]))
    assert len(sentences) == 2
    assert not any("hunter2" in sentence for sentence in sentences)
