"""A version on its whole way: pushed, brought by a sync, loaded by `aoi serve`, asked by number and by label."""

import io
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from aoi_modules.child_process import ChildProcess
from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc.client import GrpcClient
from aoi_modules.errors import RpcError
from aoi_modules.modelstore import version_dir
from aoi_modules.modelstore.registry.labelling import label
from aoi_modules.modelstore.registry.opening import open_registry
from aoi_modules.modelstore.registry.pushing import push
from aoi_modules.sync.looping import Looping
from aoi_modules.sync.rounds import Place
from aoi_modules.sync.servers import Servers
from tests.client.servables import write_lamp
from tests.seaweedfs import NEED

pytestmark = pytest.mark.slow


def serve(config: Path, engine: str) -> ChildProcess:
    return ChildProcess(
        [
            "serve", "--port=any", "--rest_api_port=any", f"--engine={engine}", f"--model_config_file={config}",
            "--model_config_file_poll_wait_seconds=0.2", "--file_system_poll_wait_seconds=0.2",
            "--allow_version_labels_for_unavailable_models=true",
        ]
    )  # fmt: skip


def wait_for(what: Callable[[], bool]) -> None:
    end = time.monotonic() + 240
    while not what():
        assert time.monotonic() < end, "it did not come to it"
        time.sleep(0.05)


def version_of(client: GrpcClient) -> int | None:
    try:
        return client.manifest().version
    except RpcError:
        return None


@pytest.fixture(scope="module")
def lamp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A version 1, which a registry numbers as its order is."""
    return write_lamp(tmp_path_factory.mktemp("source")) / "1"


@pytest.mark.parametrize("engine", ["tensorflow", pytest.param("openvino", marks=NEED)])
def test_a_new_version_is_served_without_a_failed_request(
    request: pytest.FixtureRequest, tmp_path: Path, lamp: Path, engine: str
) -> None:
    kept = tmp_path / "registry" if engine == "tensorflow" else request.getfixturevalue("bucket_url")
    objects, models = open_registry(str(kept)), tmp_path / "models"
    push(objects, lamp, who="me")
    label(objects, "lamp", "stable", 1, who="me")
    here = Place(models, models / "models.config", models)
    Looping(objects, here, Servers([])).once()
    picture = io.BytesIO()
    Image.new("L", (8, 8), 200).save(picture, "png")
    answered: list[int | None] = []
    failed: list[RpcError] = []
    over = threading.Event()

    def ask(endpoint: Endpoint) -> None:
        with GrpcClient(endpoint) as client:
            while not over.is_set():
                try:
                    answered.append(client.predict_pictures([picture.getvalue()]).version)
                except RpcError as error:
                    failed.append(error)

    with serve(here.config, engine) as server:
        address = f"127.0.0.1:{server.ports['grpc']}"
        loop = Looping(objects, here, Servers([address]))
        threads = [
            threading.Thread(target=loop.run, args=(0.3,)),
            threading.Thread(target=ask, args=(Endpoint(address, "lamp"),)),
            threading.Thread(target=ask, args=(Endpoint(address, "lamp", label="stable"),)),
        ]
        for thread in threads:
            thread.start()
        try:
            with (
                GrpcClient(Endpoint(address, "lamp")) as newest,
                GrpcClient(Endpoint(address, "lamp", label="stable")) as stable,
            ):
                wait_for(lambda: bool(answered))
                assert (version_of(newest), version_of(stable)) == (1, 1)
                assert push(objects, lamp, who="me").version == 2
                wait_for(lambda: version_of(newest) == 2)
                assert version_of(stable) == 1
                label(objects, "lamp", "stable", 2, who="me")
                wait_for(lambda: version_of(stable) == 2)
                wait_for(lambda: version_dir.versions(models / "lamp") == [2])
        finally:
            over.set()
            loop.stop()
            for thread in threads:
                thread.join(60)
    assert failed == []
    assert set(answered) == {1, 2}
    objects.close()
