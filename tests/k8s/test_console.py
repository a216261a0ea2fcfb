"""The store's web page shows while a model server runs on the same node: each has a Service and a port of its own.

In the old set-up the page was lost as soon as TensorFlow Serving was there.
"""

import json
import re
from collections.abc import Iterator

import pytest
import requests

from tests.k8s.applied import forwarded, read, ready_pods, run, secret, until
from tests.k8s.report import tell

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(1800), pytest.mark.usefixtures("mine")]
PORT = 23646
STATUS = "http://127.0.0.1:8501/v1/models/lamp"


@pytest.fixture
def node() -> str:
    """That of the store."""
    name: str = read("pod", "object-store-0", "-n", "aoi-data")["spec"]["nodeName"]
    return name


@pytest.fixture
def server(node: str) -> Iterator[str]:
    """A model server on that node; where there is none, one is led there."""

    def beside() -> list[str]:
        return [one["metadata"]["name"] for one in servers() if one["spec"]["nodeName"] == node]

    def servers() -> list[dict[str, dict[str, str]]]:
        return ready_pods("aoi", "model-serving")

    others = [name for one in read("nodes")["items"] if (name := one["metadata"]["name"]) != node]
    try:
        if not beside():
            run("cordon", *others)
            run("-n", "aoi", "delete", "pod", servers()[0]["metadata"]["name"])
        until(beside, "a model server on the store's node")
        yield beside()[0]
    finally:
        if others:
            run("uncordon", *others)


def came_in(url: str, user: str, password: str) -> requests.Response:
    """The page to which the login leads, as a browser fills in its form."""
    browser = requests.Session()
    form = browser.get(f"{url}/login", timeout=30).text
    found = re.search(r'name="csrf_token" value="(\w+)"', form)
    assert found is not None, form
    fields = {"username": user, "password": password, "csrf_token": found[1]}
    return browser.post(f"{url}/login", data=fields, timeout=30)


def test_the_stores_page_shows_while_a_model_server_runs_on_its_node(node: str, server: str) -> None:
    words = dict(line.split("=", 1) for line in secret("object-store", "aoi-data")["console"].split())
    with forwarded("aoi-data", "object-store-console", PORT) as port:
        url = f"http://127.0.0.1:{port}"
        assert requests.get(url, timeout=30).url == f"{url}/login", "nobody comes in without a password"
        assert "/login" in came_in(url, words["adminUser"], "wrong").url
        page = came_in(url, words["adminUser"], words["adminPassword"])
        assert (page.status_code, page.url.removeprefix(url)) == (200, "/admin")
        assert "SeaweedFS Admin" in page.text
    code = f"import urllib.request as u; print(u.urlopen('{STATUS}').read().decode())"
    said = json.loads(run("-n", "aoi", "exec", server, "-c", "server", "--", "python", "-c", code))
    assert "AVAILABLE" in {one["state"] for one in said["model_version_status"]}
    tell(f"on {node}: the store's page through its own Service, port {PORT}, and a model server that answers")
