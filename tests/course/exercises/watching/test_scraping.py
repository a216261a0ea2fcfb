"""Whom a file asks is really asked; each wrong address has its hint."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.watching.scraping import MARKS, check_scraping

PAGES = {"/metrics": MARKS["gateway"], "/monitoring/prometheus/metrics": MARKS["model-server"], "/other": "up"}


class Pages(BaseHTTPRequestHandler):
    """Serves a page of metrics at each path, and nothing elsewhere."""

    def do_GET(self) -> None:
        text = PAGES.get(self.path, "").encode()
        self.send_response(200 if text else 404)
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


def text(address: str) -> str:
    return f"""
global: {{scrape_interval: 1s}}
scrape_configs:
- job_name: gateway
  static_configs: [{{targets: ["{address}"]}}]
- job_name: model-server
  metrics_path: /monitoring/prometheus/metrics
  static_configs: [{{targets: ["{address}"]}}]
"""


def test_the_right_file_passes(address: str) -> None:
    assert "2 services answer" in check_scraping(text(address), dict.fromkeys(MARKS, address))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("scrape_interval: 1s", "scrape_interval: 15s", "scrape_interval: found 15s"),
        ("job_name: model-server", "job_name: server", "no job model-server; found gateway, server"),
        ('targets: ["', 'targets: ["http://', "a target is HOST:PORT"),
        ('"]}]\n- job', '/metrics"]}]\n- job', "stands in metrics_path"),
        ('targets: ["127.0.0.1', 'targets: ["localhost', "gateway: found localhost"),
        ("  metrics_path: /monitoring/prometheus/metrics\n", "", "has no metric :tensorflow"),
        ("/monitoring/prometheus/metrics", "/monitoring", "answers 404"),
        ("/monitoring/prometheus/metrics", "/other", "has no metric"),
        ('[{targets: ["', '[{target: ["', "targets: found"),
        ("scrape_configs:", "scrape_config:", "expected a list of jobs"),
        ("1s", "FILL_IN", "FILL_IN"),
        ("global: {", "global: [", "no YAML"),
    ],
)
def test_each_mistake_has_its_hint(address: str, old: str, new: str, words: str) -> None:
    changed = text(address).replace(old, new)
    assert changed != text(address)
    with pytest.raises(Hint) as caught:
        check_scraping(changed, dict.fromkeys(MARKS, address))
    assert words in str(caught.value)


def test_nobody_at_home_is_said(free_port: int) -> None:
    nobody = f"127.0.0.1:{free_port}"
    with pytest.raises(Hint, match="nobody answers"):
        check_scraping(text(nobody), dict.fromkeys(MARKS, nobody))


@pytest.mark.parametrize("answer", [None, "7", ..., "scrape_configs: [7]"])
def test_what_is_no_file_gets_a_hint(answer: object) -> None:
    with pytest.raises(Hint):
        check_scraping(answer, dict.fromkeys(MARKS, "127.0.0.1:1"))
    with pytest.raises(Hint, match="leave them as they are"):
        check_scraping(answer, {})
