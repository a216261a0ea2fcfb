"""Every combination of components is rendered, known to Kubernetes, and keeps the rules of the line.

Components change model servers, the pods of trainees or the store, or only add objects. What touches different objects
cannot disturb each other, and a test holds each component to the objects that it may touch. So it suffices that each
component is combined with all those that touch the same objects; the others go round beside them.
"""

from collections.abc import Mapping, Sequence
from itertools import chain, combinations, product
from pathlib import Path

import pytest

from aoi_modules.cluster.policies.catalogue import broken_policies
from aoi_modules.cluster.policies.pods import name_of
from aoi_modules.cluster.policies.ways import denies_all_first
from aoi_modules.cluster.schemas import VERSIONS, wrong_fields
from tests.cluster.overlays import K8S, Object, combined, key

SERVERS, TRAINEES, STORES, AGENTS = (
    ("aoi-serve", "gpu"),
    ("gpu-time-slicing", "gpu-mig"),
    ("minio",),
    ("promtail",),
)
"""Components of which one at most can be chosen."""
OF_SERVERS = ("spare-place", "small", "hpa", "runtime-class")
ADDING = ("network-policies", "gateway-api", "external-secrets", "backup")
"""Components that change nothing which is there."""
TOUCHES: Mapping[str, Sequence[str]] = {
    "aoi-serve": ["Deployment model-serving"],
    "gpu": ["Deployment model-serving"],
    "spare-place": ["Deployment model-serving"],
    "hpa": ["Deployment model-serving", "HorizontalPodAutoscaler model-serving"],
    "runtime-class": ["Deployment model-serving", "StatefulSet jupyter"],
    "gpu-time-slicing": ["StatefulSet jupyter", "ResourceQuota trainees"],
    "gpu-mig": ["StatefulSet jupyter", "ResourceQuota trainees"],
    "small": [
        "Deployment model-serving", "StatefulSet gateway", "StatefulSet postgresql", "StatefulSet object-store",
        "StatefulSet jupyter",
    ],
    "minio": [
        "StatefulSet object-store", "StatefulSet minio", "Service object-store-console", "Service minio-console",
        "Service s3", "ServiceAccount object-store", "ServiceAccount minio", "Job minio-users",
        "ConfigMap minio-policies",
    ],
    "promtail": [
        "DaemonSet alloy", "ServiceAccount alloy", "DaemonSet promtail", "ServiceAccount promtail",
        "ConfigMap promtail",
    ],
}  # fmt: skip


def choices() -> list[list[str]]:
    """All combinations of what touches model servers; beside them go those of the others, each several times."""
    servers = [[*server, *extra] for server in one_of(SERVERS) for extra in any_of(OF_SERVERS)]
    others = [
        [*trainee, *store, *agent, *added]
        for trainee, store, agent, added in product(one_of(TRAINEES), one_of(STORES), one_of(AGENTS), any_of(ADDING))
    ]
    return [[*one, *others[(7 * place) % len(others)]] for place, one in enumerate(servers)]


def one_of(names: Sequence[str]) -> list[list[str]]:
    return [[], *([name] for name in names)]


def any_of(names: Sequence[str]) -> list[list[str]]:
    return [list(some) for some in chain.from_iterable(combinations(names, count) for count in range(len(names) + 1))]


def problems(objects: Sequence[Object], components: Sequence[str], seen: set[str]) -> list[str]:
    """What is wrong; fields of an object that was seen before are not looked at again."""
    new = [item for item in objects if key(item) not in seen]
    seen.update(map(key, new))
    fields = [problem for version in VERSIONS for problem in wrong_fields(new, version)]
    without = [] if "network-policies" in components else [denies_all_first]
    return [*fields, *broken_policies(objects, without)]


@pytest.fixture(scope="module")
def seen() -> set[str]:
    """The objects whose fields were looked at."""
    return set()


@pytest.mark.slow
@pytest.mark.parametrize("components", choices(), ids=lambda chosen: "+".join(chosen) or "none")
def test_every_combination_keeps_the_rules(components: list[str], tmp_path: Path, seen: set[str]) -> None:
    assert problems(combined(tmp_path, components), components, seen) == []


@pytest.mark.parametrize(
    "components",
    [
        ["aoi-serve", "spare-place", "hpa", "gpu-mig", "minio", "network-policies"],
        ["gpu", "small", "runtime-class", "gpu-time-slicing", "gateway-api", "backup", "external-secrets"],
        ["aoi-serve", "small", "minio", "promtail", "network-policies"],
    ],
    ids="+".join,
)
def test_some_combinations_keep_the_rules(components: list[str], tmp_path: Path, seen: set[str]) -> None:
    assert problems(combined(tmp_path, components), components, seen) == []


@pytest.mark.slow
def test_each_component_touches_what_it_may_and_nothing_else(tmp_path: Path) -> None:
    before = {key(item): item for item in combined(tmp_path / "none", [])}
    names = {name_of(item) for item in before.values()}
    for component in sorted(path.parent.name for path in (K8S / "components").glob("*/kustomization.yaml")):
        after = {key(item): item for item in combined(tmp_path / component, [component])}
        changed = {named(item) for text, item in {**before, **after}.items() if (text in before) != (text in after)}
        if component in ADDING:
            assert set(before) <= set(after), component
            assert not changed & names, component
        else:
            assert changed == set(TOUCHES[component]), component


def named(item: Object) -> str:
    """Kind and name; without what kustomize puts behind the name of a ConfigMap that it makes."""
    name = name_of(item)
    made = [one for one in ("ConfigMap minio-policies", "ConfigMap promtail") if name.startswith(one)]
    return made[0] if made else name


def test_each_choice_is_met() -> None:
    met = [set(one) for one in choices()]
    assert len(met) == (len(SERVERS) + 1) * 2 ** len(OF_SERVERS)
    assert len({frozenset(one & {*TRAINEES, *STORES, *AGENTS, *ADDING}) for one in met}) == len(met), (
        "each goes round once"
    )
    folders = {path.parent.name for path in (K8S / "components").glob("*/kustomization.yaml")}
    assert folders == {*SERVERS, *TRAINEES, *STORES, *AGENTS, *OF_SERVERS, *ADDING} == {*TOUCHES, *ADDING}
    assert set.union(*met) == folders
