"""The page /docs: everything that it loads comes from the gateway, and it says what is missing."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urljoin

import pytest
import requests

from aoi_modules.errors import MissingExtra, NoSuchResult
from aoi_modules.gateway.doors.openapi import page
from aoi_modules.gateway.launcher import RunningGateway
from tests import services

PROBLEM = "application/problem+json"
installed = pytest.mark.skipif(find_spec("swagger_ui") is None, reason="swagger-ui-py is not installed")


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    routes = tmp_path_factory.mktemp("gateway") / "routes.yaml"
    routes.write_text('components: {tile: {model: tile, upstream: "127.0.0.1:1"}}')
    with RunningGateway(routes) as gateway:
        yield gateway


class Loaded(HTMLParser):
    """Collects what a page loads, and whether it has scripts in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.inline = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.addresses += [value for name in ("src", "href") if (value := given.get(name))]
        self.inline |= tag == "style" or (tag == "script" and "src" not in given)


@installed
def test_the_gateway_itself_answers_all_that_the_page_loads(gateway: RunningGateway) -> None:
    answer = requests.get(f"{gateway.url}/docs", timeout=10)
    assert answer.headers["Content-Type"].startswith("text/html")
    loaded = Loaded(answer.text)
    assert sorted(loaded.addresses) == sorted(f"docs/{name}" for name in page.MEDIA_TYPES)
    assert not loaded.inline, "browsers are told to run no script of the page itself"
    for name, media_type in page.MEDIA_TYPES.items():
        found = requests.get(urljoin(f"{gateway.url}/docs", f"docs/{name}"), timeout=10)
        assert (found.status_code, found.headers["Content-Type"].partition(";")[0]) == (200, media_type)
        assert found.content
    assert requests.get(urljoin(f"{gateway.url}/docs", "openapi.json"), timeout=10).json()["openapi"]


@installed
def test_nothing_is_loaded_from_elsewhere(gateway: RunningGateway) -> None:
    answer = requests.get(f"{gateway.url}/docs", timeout=10)
    rules = dict(rule.strip().split(" ", 1) for rule in answer.headers["Content-Security-Policy"].split(";"))
    assert rules["default-src"] == "'self'"
    assert "http" not in answer.headers["Content-Security-Policy"]
    style = requests.get(f"{gateway.url}/docs/swagger-ui.css", timeout=10).text
    assert {address[:5] for address in re.findall(r"url\(['\"]?([^)]{5})", style)} <= {"data:"}
    assert "validatorUrl: null" in requests.get(f"{gateway.url}/docs/start.js", timeout=10).text


@installed
@services.need(services.CHROMIUM)
def test_a_browser_without_a_network_shows_every_operation(gateway: RunningGateway, tmp_path: Path) -> None:
    """Chromium resolves no name here, so only the gateway's own address answers."""
    net_log = tmp_path / "net.json"
    shown = subprocess.run(
        [
            services.path_of("chromium"), "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=20000",
            "--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            f"--user-data-dir={tmp_path / 'profile'}", "--enable-logging=stderr", f"--log-net-log={net_log}",
            "--dump-dom", f"{gateway.url}/docs",
        ],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    paths = requests.get(f"{gateway.url}/openapi.json", timeout=10).json()["paths"]
    assert shown.stdout.count('class="opblock opblock-') == sum(map(len, paths.values()))
    assert "CONSOLE" not in shown.stderr, "the page's scripts complain"
    events = (event.get("params", {}) for event in json.loads(net_log.read_text())["events"])
    asked = {event["url"] for event in events if event.get("initiator") == gateway.url}  # not the browser's own
    assert {address for address in asked if not address.startswith(f"{gateway.url}/")} == set()
    assert f"{gateway.url}/docs/swagger-ui-bundle.js" in asked


def test_a_file_that_the_page_does_not_load(gateway: RunningGateway) -> None:
    for name in ("index.html", "swagger-ui.css.map", "..%2Fcore.py", "%2e%2e%2fcore.py"):
        answer = requests.get(f"{gateway.url}/docs/{name}", timeout=10)
        assert (answer.status_code, answer.headers["Content-Type"]) == (404, PROBLEM)
    with pytest.raises(NoSuchResult, match=r"no file 'core\.py'"):
        page.file("core.py")


def test_without_the_package_the_page_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "swagger_ui", None)  # as if it were not there
    with pytest.raises(MissingExtra) as caught:
        page.home()
    assert caught.value.message == "/docs needs the package swagger-ui-py, which is not installed"
    assert caught.value.hint == "pip install 'aoi-academy[station]'"
    with pytest.raises(MissingExtra):
        page.file("swagger-ui.css")
