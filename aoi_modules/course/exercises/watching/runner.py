"""Exercise 10.11: values of a GitLab runner's chart: a token that stands in no file, and jobs without privilege."""

import re
import tomllib
from collections.abc import Mapping
from typing import Any

from aoi_modules.course.checks import Hint, kind
from aoi_modules.course.exercises.watching.yaml_file import read_table

TOKEN = re.compile(r"glrt-[\w-]+")
OLD = ("runnerRegistrationToken", "runnerToken")


def check_runner(text: object, address: object) -> str:
    """Wants values by which a runner comes to a GitLab, and its jobs can do no harm.

    Args:
        text: `values.yaml` of the reader.
        address: of the GitLab.

    Raises:
        Hint: a value is missing, dangerous, or a secret in a file.
    """
    values = _read(text)
    if values.get("gitlabUrl") != address:
        raise Hint(f"gitlabUrl: found {values.get('gitlabUrl')!r}, expected {address}")
    runners = _table(values, "runners", "runners")
    secret = runners.get("secret")
    if not isinstance(secret, str) or not secret:
        raise Hint("runners.secret: found none; it names the Secret that has the token, so that no file does")
    _check_image(values)
    if _table(values, "rbac", "rbac").get("clusterWideAccess") is not False:
        raise Hint("rbac.clusterWideAccess: expected false: a Role in its own namespace is enough to start pods there")
    if _table(values, "securityContext", "securityContext").get("allowPrivilegeEscalation") is not False:
        raise Hint("securityContext.allowPrivilegeEscalation: expected false, for the runner itself")
    _check_jobs(runners.get("config"))
    return f"a runner with its token in the Secret {secret}, and jobs that are nobody in particular"


def _read(text: object) -> dict[str, Any]:
    if isinstance(text, str) and TOKEN.search(text):
        raise Hint("a token glrt-... stands in the file; whoever reads the repository has your runner. Use a Secret")
    found = read_table(text, "values by name")
    for name in OLD:
        if name in found:
            raise Hint(f"{name}: a token in the values, and some are of the old way; runners.secret names a Secret")
    return found


def _table(values: Mapping[str, Any], name: str, where: str) -> dict[str, Any]:
    found = values.get(name)
    if not isinstance(found, dict):
        raise Hint(f"{where}: found {kind(found)}, expected fields below it")
    return found


def _check_image(values: Mapping[str, Any]) -> None:
    tag = str(_table(values, "image", "image").get("tag") or "")
    if not re.search(r"\d+\.\d+\.\d+", tag):
        raise Hint(f"image.tag: found {tag or 'none'}, expected a whole version: latest is another program next week")


def _check_jobs(config: object) -> None:
    if not isinstance(config, str):
        raise Hint(f"runners.config: found {kind(config)}, expected TOML behind config: |")
    try:
        runners = tomllib.loads(config).get("runners")
    except tomllib.TOMLDecodeError as error:
        raise Hint(f"runners.config: this is no TOML: {error}") from None
    first = runners[0] if isinstance(runners, list) and runners else None
    jobs = first.get("kubernetes") if isinstance(first, dict) else None
    if not isinstance(jobs, dict):
        raise Hint("runners.config: expected [[runners]], and [runners.kubernetes] below it")
    if jobs.get("privileged") is not False:
        raise Hint("privileged: a job with privilege is root of its node; images can be built without: expected false")
    if jobs.get("allow_privilege_escalation") is not False:
        raise Hint("allow_privilege_escalation: expected false, or a job gets by sudo what privileged forbids")
    if jobs.get("automount_service_account_token") is not False:
        raise Hint("automount_service_account_token: expected false: a job needs no key of the cluster's API")
    if not jobs.get("memory_limit"):
        raise Hint("memory_limit: found none; one job takes the memory of all others on its node")
