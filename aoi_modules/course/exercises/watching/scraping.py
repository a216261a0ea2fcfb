"""Exercise 10.1: whom Prometheus asks, as its file says it; every address of it is really asked."""

from collections.abc import Mapping
from typing import Any

import requests

from aoi_modules.course.checks import Hint, kind
from aoi_modules.course.exercises.watching.yaml_file import read_table
from aoi_modules.first_line import first_line

MARKS = {"gateway": "aoi_gateway_requests_total", "model-server": ":tensorflow:serving:request_count"}
"""A metric by which each service is known."""
SECONDS = 10.0
EVERY = "1s"


def check_scraping(text: object, addresses: object) -> str:
    """Wants a job for each service, at the address and the path where its metrics are.

    Args:
        text: `prometheus.yml` of the reader.
        addresses: `HOST:PORT` by service.

    Raises:
        Hint: a service is not asked, or not where its metrics are.
    """
    if not isinstance(addresses, Mapping) or set(addresses) != set(MARKS):
        raise Hint(f"addresses: found {kind(addresses)}, expected those of the line above; leave them as they are")
    config = read_table(text, "global and scrape_configs")
    if _part(config, "global", {}).get("scrape_interval") != EVERY:
        raise Hint(f"global.scrape_interval: found {_part(config, 'global', {}).get('scrape_interval')}, expected 1s")
    jobs = {str(job.get("job_name")): job for job in _jobs(config)}
    for name, address in addresses.items():
        if name not in jobs:
            raise Hint(f"no job {name}; found {', '.join(jobs) or 'none'}. Alerts and panels know jobs by their names")
        _check_job(name, jobs[name], str(address))
    return f"{len(addresses)} services answer at the addresses and paths of your file"


def _part(config: Mapping[str, Any], name: str, instead: Any) -> Any:
    found = config.get(name)
    return found if isinstance(found, type(instead)) else instead


def _jobs(config: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = config.get("scrape_configs")
    if not isinstance(found, list) or not all(isinstance(job, dict) for job in found):
        raise Hint(f"scrape_configs: found {kind(found)}, expected a list of jobs; each begins with - job_name:")
    return found


def _check_job(name: str, job: Mapping[str, Any], address: str) -> None:
    static = job.get("static_configs")
    first = static[0] if isinstance(static, list) and static else {}
    targets = first.get("targets") if isinstance(first, dict) else None
    if not isinstance(targets, list):
        raise Hint(f"{name}: targets: found {kind(targets)}, expected a list below static_configs: - targets: [...]")
    for target in map(str, targets):
        if "://" in target:
            raise Hint(f"{name}: found {target}; a target is HOST:PORT. http is the default, a path is metrics_path")
        if "/" in target:
            raise Hint(f"{name}: found {target}; a target is HOST:PORT alone, its path stands in metrics_path")
    if address not in targets:
        raise Hint(f"{name}: found {', '.join(map(str, targets)) or 'no target'}, expected {address}")
    path = str(job.get("metrics_path", "/metrics"))
    _ask(name, f"http://{address}{path}", path)


def _ask(name: str, url: str, path: str) -> None:
    try:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.get(url, timeout=SECONDS)
    except requests.RequestException as error:
        raise Hint(f"{name}: nobody answers at {url}: {first_line(error)}; does the line still run?") from None
    if not answer.ok:
        more = "; without metrics_path Prometheus asks /metrics" if path == "/metrics" else ""
        raise Hint(f"{name}: {url} answers {answer.status_code}{more}. The cell above says where its metrics are")
    if MARKS[name] not in answer.text:
        raise Hint(f"{name}: {url} has no metric {MARKS[name]}; is it another service's?")
