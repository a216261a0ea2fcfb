"""Each alert fires when its fault is broken in, through to a webhook, and ends when it is mended; on real programs."""

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

import pytest
import requests

from tests import services
from tests.k8s.watching.dashboards import questions
from tests.k8s.watching.programs import until
from tests.k8s.watching.rule_files import alerts, rules, runbook, shortened
from tests.k8s.watching.watched_line import FACTOR, WatchedLine, picture
from tests.postgresql import PostgreSQL
from tests.services import path_of

pytestmark = [
    services.need(
        services.PROMETHEUS, services.ALERTMANAGER, services.NODE_EXPORTER, services.POSTGRESQL_EXPORTER,
        services.POSTGRESQL,
    ),
    pytest.mark.timeout(1800),  # three faults after another, each with its own limits
]  # fmt: skip
NOT_SEEN: Mapping[str, str] = {
    "PodRestarting": "no cluster, and so no kube-state-metrics",
    "JobFailed": "no cluster, and so no kube-state-metrics",
    "GpuMemoryNearlyFull": "no GPU, and so no DCGM exporter",
    "RecordsRefused": "no place refuses a record of this release for ever",
}
"""Alerts that no fault here causes, and why: `test_rules` alone lets them fire."""
AT_ONCE = {
    "AnswersTooLate", "LatencyNearDeadline", "QueueFull", "PicturesRefused", "ReviewShareHigh", "PicturesDrift",
    "CanaryFailing", "ComponentLocked", "PostgreSQLDown", "DatabaseAway", "SpoolGrowing", "SpoolDiskNearlyFull",
    "PictureStoreAway", "OutboxNotSent", "NodeDiskNearlyFull", "NodeMemoryNearlyFull", "WatcherDown",
}  # fmt: skip
"""Alerts of faults that are broken in together."""
HELD_BACK = {"SpoolGrowing", "ModelServerAway"}
"""Alerts that Alertmanager tells nobody of, since another one says what they follow from."""
LABELS: Mapping[str, str] = {
    "component": "of the routes, or `unknown`", "status": "of HTTP and gRPC", "verdict": "three", "stage": "four",
    "le": "bounds of buckets", "head": "of the models", "figure": "two", "statistic": "five", "place": "two, and sinks",
    "sink": "of the routes", "upstream": "of the routes", "model": "of the routes", "outcome": "four", "bytes": "two",
    "product": "of the routes",
    "model_name": "1000 at most", "API": "of TensorFlow Serving's", "entrypoint": "of TensorFlow Serving's",
    "runtime": "engines", "version": "loaded ones", "engine": "engines", "model_path": "100 at most",
    "thread_pool_name": "of batching",
}  # fmt: skip
"""Labels of our own metrics, and why each has few values: units, lots and ids of requests are none."""


ODD = "odd-one-"
"""How all words of a stranger's begin here."""


@dataclass
class Seen:
    """What came of the faults.

    Args:
        seconds: until the webhook was told, by alert and status.
        firing: alerts that fired at a time, by what Prometheus said.
        mended: alerts that fired after all was mended.
        answers: of the questions at the end of runbooks, by alert, as promtool prints them.
        unanswered: recorded rules and panels without an answer, neither while all was well nor in the faults.
        labels: of our metrics.
        odd: labels with words of a stranger's: units, lots, positions, stations, components, ids of requests.
        told: words of alerts.
    """

    seconds: dict[tuple[str, str], float] = field(default_factory=dict)
    firing: set[str] = field(default_factory=set)
    mended: set[str] = field(default_factory=set)
    answers: dict[str, str] = field(default_factory=dict)
    unanswered: set[str] = field(default_factory=set)
    labels: set[str] = field(default_factory=set)
    odd: set[str] = field(default_factory=set)
    told: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory, postgresql_server: PostgreSQL) -> Iterator[Seen]:
    """A line that is broken and mended, part after part."""
    line = WatchedLine(tmp_path_factory.mktemp("watched"), postgresql_server)
    try:
        yield observed(line)
    finally:
        line.close()
        postgresql_server.start()
        postgresql_server.drop_databases()


def observed(line: WatchedLine) -> Seen:
    """Breaks everything in turn, and mends it."""
    found = Seen()
    until(lambda: not missing(line), lambda: f"not asked: {missing(line)}")
    until(lambda: bool(line.prometheus.ask("aoi:review_share:rate5m")), lambda: "no pictures come")
    found.unanswered = unanswered(line)

    def look() -> None:
        found.unanswered &= unanswered(line)

    sys.stdout.write(f"\nall durations of rules and configurations are shorter by {FACTOR}\n")
    phase(line, found, line.break_in, line.mend, AT_ONCE, during=look)
    phase(
        line, found, line.server.kill, line.server.restart, {"ModelServerDown", "ModelServerAway", "ModelUnavailable"}
    )
    phase(line, found, line.gateway.process.kill, line.restart_gateway, {"GatewayDown"})
    found.mended = line.prometheus.firing()
    found.told = [text for alert in line.receiver.told for text in alert["annotations"].values()]
    for number in range(30):
        odd = f"{ODD}{number}"
        about = {"unit": odd, "lot": odd, "position": odd, "station": odd}
        url, headers = f"{line.gateway_url}/v1/inspect/normal", {"X-Request-Id": odd}
        requests.post(url, picture(0.3, number), timeout=30, params=about, headers=headers)
        requests.post(f"{line.gateway_url}/v1/inspect/{odd}", b"x", timeout=30)
    time.sleep(2)
    for labels, _ in line.prometheus.ask('{__name__=~"aoi_gateway_.*|:aoi:.*|:tensorflow:.*"}'):
        found.labels |= set(labels) - {"__name__", "job", "instance"}
        found.odd |= {f"{name}={value}" for name, value in labels.items() if ODD in value}
    return found


def phase(
    line: WatchedLine,
    found: Seen,
    break_in: Callable[[], object],
    mend: Callable[[], object],
    expected: set[str],
    during: Callable[[], object] = lambda: None,
) -> None:
    """Breaks something in, waits until all alerts are told, and mends it until they end."""
    began = time.monotonic()
    break_in()
    told = expected - HELD_BACK
    until(
        lambda: told <= line.receiver.current("firing") and expected <= line.prometheus.firing(),
        lambda: (
            f"not told: {sorted(told - line.receiver.current('firing'))}; "
            f"not firing: {sorted(expected - line.prometheus.firing())}"
        ),
    )
    found.firing |= line.prometheus.firing()
    during()
    note(line, found, began, told, "firing")
    began = time.monotonic()
    mend()
    until(
        lambda: not line.prometheus.firing() & expected and not line.receiver.current("firing") & expected,
        lambda: f"not ended: {sorted(line.prometheus.firing())}, {sorted(line.receiver.current('firing'))}",
    )
    note(line, found, began, told, "resolved")
    for name in expected:
        until(partial(works_again, line, found, name), partial(found.answers.get, name))


def works_again(line: WatchedLine, found: Seen, name: str) -> bool:
    """Asks the question of a runbook, and whether its answer says that the mend worked."""
    page = runbook(alerts()[name])
    found.answers[name] = asked(line, page.query)
    return re.match(rf"\{{.*\}} => {page.answer:g} @\[", found.answers[name]) is not None


def note(line: WatchedLine, found: Seen, began: float, names: set[str], status: str) -> None:
    for name in sorted(names):
        found.seconds[name, status] = line.receiver.at[name, status] - began
        sys.stdout.write(f"{name}: {status} after {found.seconds[name, status]:.1f} s\n")


def missing(line: WatchedLine) -> list[str]:
    """Who is not asked yet, or does not answer."""
    return [f"{labels['job']} {labels['instance']}" for labels, value in line.prometheus.ask("up") if value != 1]


def unanswered(line: WatchedLine) -> set[str]:
    """Recorded rules and panels that nothing answers now."""
    asked = {one.panel: one.text for one in questions(in_sql=False) if one.seen}
    asked |= {rule["record"]: rule["record"] for rule in rules() if "record" in rule}
    return {name for name, text in asked.items() if not line.prometheus.ask(shortened(text, FACTOR))}


def asked(line: WatchedLine, query: str) -> str:
    """What promtool prints of a question of a runbook, whose ranges are shorter here."""
    command = [path_of("promtool"), "query", "instant", line.prometheus.url, shortened(query, FACTOR)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_every_alert_was_seen_to_fire_or_it_is_said_why_not(seen: Seen) -> None:
    assert seen.firing | set(NOT_SEEN) == set(alerts())
    assert not seen.firing & set(NOT_SEEN)


def test_the_webhook_was_told_of_the_beginning_and_the_end(seen: Seen) -> None:
    told = set(alerts()) - set(NOT_SEEN) - HELD_BACK
    assert set(seen.seconds) == {(name, status) for name in told for status in ("firing", "resolved")}


def test_nothing_fires_once_all_is_mended(seen: Seen) -> None:
    assert seen.mended <= {"LatencyNearDeadline"}, "a busy machine may be slow"


def test_words_of_alerts_are_whole(seen: Seen) -> None:
    assert seen.told
    for text in seen.told:
        assert not re.search(r"\{\{|<no value>|%!|error", text), text


@pytest.mark.parametrize("name", sorted(set(alerts()) - set(NOT_SEEN)))
def test_the_last_line_of_a_runbook_shows_that_the_mend_worked(seen: Seen, name: str) -> None:
    page = runbook(alerts()[name])
    assert re.match(rf"\{{.*\}} => {page.answer:g} @\[", seen.answers[name]), seen.answers[name]


def test_every_recorded_rule_and_every_panel_has_an_answer(seen: Seen) -> None:
    assert seen.unanswered == set()


def test_no_label_has_values_without_number(seen: Seen) -> None:
    assert seen.labels <= set(LABELS)
    assert {"component", "status", "model_name", "version", "engine"} <= seen.labels
    assert seen.odd == set()
