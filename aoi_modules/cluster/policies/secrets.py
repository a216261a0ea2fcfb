"""What nobody may read in a file or in a pod's description."""

import re
from collections.abc import Iterator, Sequence

from aoi_modules.cluster.policies.pods import Object, name_of, of_kind, parts, pods

OF_OWNERS = frozenset({("aoi-data", "postgresql"), ("aoi", "database-owner")})
"""By which somebody may change tables."""
_DATABASE = "StatefulSet postgresql"
_WORDS = re.compile(r"PASSWORD|PASSWD|SECRET|TOKEN|CREDENTIAL|PRIVATE|API_?KEY|ACCESS_KEY", re.IGNORECASE)
_IN_ADDRESS = re.compile(r"://[^/@\s:]+:[^/@\s]+@")


def holds_no_secret(objects: Sequence[Object]) -> Iterator[str]:
    """Secrets are made in the cluster or come from outside; what git has, everybody has."""
    for one in of_kind(objects, "Secret"):
        if one.get("data") or one.get("stringData"):
            yield f"{name_of(one)}: a Secret with data: `aoi k8s secrets` makes it, or an ExternalSecret brings it"


def says_no_secret(objects: Sequence[Object]) -> Iterator[str]:
    """Whoever may look at a pod reads its variables and arguments."""
    for owner, container in parts(objects):
        for variable in container.get("env", []):
            named = _WORDS.search(variable["name"]) and not variable["name"].endswith("_FILE")
            if variable.get("value") and (named or _IN_ADDRESS.search(variable["value"])):
                yield f"{owner}: the variable {variable['name']} has its value here: take it from a Secret"
        for word in [*container.get("command", []), *container.get("args", [])]:
            if _IN_ADDRESS.search(word) or re.search(r"--?\w*(password|token|secret)=.", word, re.IGNORECASE):
                yield f"{owner}: an argument has a secret: {re.split('=|://', word)[0]}"


def shows_secrets_to_few(objects: Sequence[Object]) -> Iterator[str]:
    """A file with a secret is for the server and its group."""
    for one in objects:
        for volume in _volumes(one):
            if "secret" in volume and volume["secret"].get("defaultMode") not in (0o440, 0o400):
                yield f"{name_of(one)}: volume {volume['name']}: no defaultMode 0440: every program may read the secret"


def keeps_the_owner_to_jobs(objects: Sequence[Object]) -> Iterator[str]:
    """Whoever gets into a server that lasts may change rows, and no table."""
    for pod in pods(objects):
        for name in sorted(pod.secrets) if pod.lasting and pod.name != _DATABASE else []:
            if (pod.namespace, name) in OF_OWNERS:
                yield f"{pod.name}: has the Secret {name}, of the owner of tables: expected a role with fewer rights"


def _volumes(one: Object) -> list[Object]:
    spec = one.get("spec", {})
    if one.get("kind") == "CronJob":
        spec = spec.get("jobTemplate", {}).get("spec", {})
    template = spec.get("template", {}) if isinstance(spec, dict) else {}
    found: list[Object] = template.get("spec", {}).get("volumes", []) if isinstance(template, dict) else []
    return found
