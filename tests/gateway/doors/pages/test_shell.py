"""The frame of every page: it keeps to this gateway, says who works here, and tells refusals in words."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import requests
from playwright.sync_api import Browser, expect

from aoi_modules.gateway.doors.pages.navigation import ENTRIES
from aoi_modules.gateway.launcher import RunningGateway
from tests import services
from tests.browser import SIZES, visit
from tests.client.model_server import ModelServer, manifest

pytestmark = services.need(services.CHROMIUM)
ROUTES = 'components: {tile: {model: tile, upstream: "127.0.0.1:1"}}'


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    folder = tmp_path_factory.mktemp("gateway")
    (folder / "routes.yaml").write_text(ROUTES)
    with RunningGateway(folder / "routes.yaml", results=folder / "results") as gateway:
        yield gateway


def test_browsers_may_load_from_this_gateway_alone(gateway: RunningGateway) -> None:
    headers = requests.get(f"{gateway.url}/", timeout=10).headers
    rules = dict(rule.strip().split(" ", 1) for rule in headers["Content-Security-Policy"].split(";"))
    assert (rules["default-src"], rules["script-src"], rules["style-src"]) == ("'none'", "'self'", "'self'")
    assert set(rules.values()) == {"'none'", "'self'"}, "nothing inline, nothing from elsewhere"
    assert (headers["X-Content-Type-Options"], headers["Referrer-Policy"]) == ("nosniff", "no-referrer")


def test_no_page_has_a_script_or_a_style_in_it(gateway: RunningGateway) -> None:
    for entry in ENTRIES:
        text = requests.get(f"{gateway.url}{entry.path}", timeout=10).text
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]* src=)", text), entry.path


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("size", SIZES)
def test_each_page_fits_and_can_be_used_by_all(
    browser: Browser, gateway: RunningGateway, size: str, dark: bool
) -> None:
    with visit(browser, gateway.url, size=size, dark=dark) as visitor:
        for entry in ENTRIES:
            visitor.go(entry.path)
            current = visitor.page.get_by_role("navigation").get_by_role("link", name=entry.title, exact=True)
            expect(current).to_have_attribute("aria-current", "page")
            visitor.look()


def test_a_name_is_said_once_and_kept(browser: Browser, gateway: RunningGateway) -> None:
    with visit(browser, gateway.url) as visitor:
        visitor.go("/")
        expect(visitor.page.get_by_text("No login: this gateway listens on loopback only.")).to_be_visible()
        visitor.page.get_by_role("button", name="Who are you?").click()
        visitor.look()
        visitor.page.get_by_label("Name").fill("Ada <b>Lovelace</b>")
        visitor.page.keyboard.press("Enter")
        expect(visitor.page.get_by_role("button", name="Ada <b>Lovelace</b>")).to_be_visible()
        visitor.go("/live")
        expect(visitor.page.get_by_role("button", name="Ada <b>Lovelace</b>")).to_be_visible()


def test_a_gateway_that_records_nothing_says_so_in_words(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "routes.yaml").write_text(ROUTES)
    with RunningGateway(tmp_path / "routes.yaml") as gateway, visit(browser, gateway.url) as visitor:
        visitor.refused("404 /live")
        visitor.go("/live")
        expect(visitor.page.get_by_text("this gateway records nothing.")).to_be_visible()
        expect(visitor.page.get_by_text("start it with --results FOLDER")).to_be_visible()
        visitor.look()


def test_every_page_names_the_models_that_judge_and_their_size(browser: Browser, tmp_path: Path) -> None:
    told = msgspec.structs.replace(manifest(), profile="ci")
    with ModelServer() as server:
        server.manifests[1] = told.to_json()
        (tmp_path / "routes.yaml").write_text(ROUTES.replace("127.0.0.1:1", server.address))
        with RunningGateway(tmp_path / "routes.yaml", results=tmp_path / "results") as gateway:
            assert requests.get(f"{gateway.url}/readyz", timeout=10).ok
            with visit(browser, gateway.url, size="phone") as visitor:
                for entry in ENTRIES:
                    visitor.go(entry.path)
                    expect(visitor.page.get_by_text("Models: tile 1 (size ci)")).to_be_visible()
                    visitor.look()


def test_who_installed_only_what_the_line_needs_is_told_what_pages_need(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "jinja2.py").write_text("raise ModuleNotFoundError(name='jinja2')")  # as if it were not there
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    (tmp_path / "routes.yaml").write_text(ROUTES)
    with RunningGateway(tmp_path / "routes.yaml", results=tmp_path / "results") as gateway:
        answer = requests.get(f"{gateway.url}/", timeout=10)
        assert (answer.status_code, answer.json()["hint"]) == (501, "pip install 'aoi-academy[station]'")
        assert requests.get(f"{gateway.url}/healthz", timeout=10).status_code == 200
