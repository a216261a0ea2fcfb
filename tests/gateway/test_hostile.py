"""Requests of clients that mean harm or know no better: an answer that the document knows each time, and no fault."""

import json
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import requests

from aoi_modules.gateway.launcher import RunningGateway
from aoi_modules.serving.launchers.embedded import EmbeddedServer
from benchmarks.gateway_fuzz import answer_to, by_document
from benchmarks.hostile.broken_uploads import BrokenUploads, picture
from tests.client.servables import write_tile

pytestmark = pytest.mark.slow  # a servable is exported and served

SEED = 7
UPLOADS = 1500
MOST_GROWTH = 16 << 20
"""Bytes; the memory of a gateway that keeps what it was sent grows by more with so many pictures."""
ROUTES = """
max_picture_pixels: 10000000
components: {{tile: {{model: tile, upstream: "{address}", timeout_ms: 5000, store: all}}}}
products: {{motor: {{positions: {{left: {{component: tile}}}}}}}}
"""


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    folder = tmp_path_factory.mktemp("gateway")
    with EmbeddedServer({"tile": write_tile(folder / "models")}) as server:
        (folder / "routes.yaml").write_text(ROUTES.format(address=server.grpc))
        with RunningGateway(folder / "routes.yaml", results=folder / "results") as gateway:
            yield gateway
            assert gateway.process.running()
            assert '"event": "fault"' not in gateway.process.log_tail(100_000)


@pytest.fixture(autouse=True)
def _still_answers(gateway: RunningGateway) -> Iterator[None]:
    yield
    answer = requests.post(f"{gateway.url}/v1/inspect/tile", data=picture("PNG"), timeout=10)
    assert answer.status_code == 200, answer.text


def test_every_answer_is_one_that_the_document_knows(gateway: RunningGateway, tmp_path: Path) -> None:
    with by_document(gateway.url, SEED, tmp_path, "--max-examples", "40") as running:
        told = running.communicate(timeout=200)[0]
    assert running.returncode == 0, told
    answers: dict[str, int] = json.loads((tmp_path / "tally.json").read_text())
    assert answers["POST /v1/inspect/{component} 200"] > 3, "all of it is refused at once"


def test_broken_uploads_are_refused_and_nothing_else_happens(gateway: RunningGateway) -> None:
    uploads, process = BrokenUploads("tile", "motor", "left", random.Random(SEED)), psutil.Process(gateway.process.pid)
    answers: Counter[str] = Counter()
    before = 0
    for number in range(UPLOADS):
        sent = uploads.draw()
        answer, trouble = answer_to(gateway, sent)
        assert not trouble, f"{sent}: {trouble}"
        answers[answer] += 1
        if number == UPLOADS // 3:  # by then everything was imported once
            before = process.memory_info().rss
    assert process.memory_info().rss - before < MOST_GROWTH
    assert {"200", "415 not-a-picture", "413 too-large", "400 bad-parameter", "404 no-such-result"} <= set(answers)


@pytest.mark.parametrize("charset", ["undefined", "punycode", "unicode_escape"])
def test_a_charset_that_breaks_texts_is_not_asked(gateway: RunningGateway, charset: str) -> None:
    prepared = requests.Request("POST", f"{gateway.url}/v1/inspect/tile", files={"image": picture("PNG")}).prepare()
    prepared.headers["Content-Type"] += f"; charset={charset}"
    answer = requests.Session().send(prepared, timeout=10)
    assert answer.status_code == 200, answer.text
