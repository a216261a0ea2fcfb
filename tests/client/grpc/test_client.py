import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import grpc
import numpy as np
import pytest

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc.client import GrpcClient
from aoi_modules.client.replies import Signature, TensorSpec, VersionStatus
from aoi_modules.errors import RpcError, StoreError, TooSlow, Unreachable
from aoi_modules.wire.tensors import Array, to_array
from tests.client.model_server import ModelServer, manifest, scores_of


@pytest.fixture
def client(model_server: ModelServer) -> Iterator[GrpcClient]:
    with GrpcClient(Endpoint(model_server.address, "tile")) as client:
        yield client


def test_pictures_reach_the_model_and_scores_come_back(model_server: ModelServer, client: GrpcClient) -> None:
    model_server.outputs = scores_of(0.25)
    prediction = client.predict_pictures([b"one", b"two"], np.ones((2, 3), np.float64))
    request = model_server.asked[-1]
    assert to_array(request.inputs["image"]).tolist() == [b"one", b"two"]
    assert to_array(request.inputs["features"]).dtype == np.float32
    assert request.model_spec.signature_name == "serving_default"
    assert (prediction.model, prediction.version) == ("tile", 1)
    assert prediction.scores["defect"].dtype == np.float32
    assert prediction.scores["defect"].tolist() == [[0.25], [0.25]]
    assert prediction.scores["surface"].shape == (2, 3)


def test_pixels_reach_the_model(model_server: ModelServer, client: GrpcClient) -> None:
    pixels = np.arange(32, dtype=np.uint8).reshape(2, 4, 4, 1)
    client.predict_pixels(pixels)
    request = model_server.asked[-1]
    assert request.model_spec.signature_name == "pixels"
    assert np.array_equal(to_array(request.inputs["image"]), pixels)


@pytest.mark.parametrize("pixels", [np.zeros((1, 4, 4, 1), np.float32), np.zeros((4, 4, 1), np.uint8)])
def test_pixels_of_another_form_are_refused(client: GrpcClient, pixels: Array) -> None:
    with pytest.raises(ValueError, match=r"expected uint8 \(N, H, W, C\)"):
        client.predict_pixels(pixels)


def test_large_answers_arrive(model_server: ModelServer, client: GrpcClient) -> None:
    model_server.outputs = lambda count: {"map": np.zeros((count, 3_000_000), np.float32)}
    assert client.predict_pictures([b"x"]).scores["map"].shape == (1, 3_000_000)


def test_a_client_of_one_version_asks_that_version(model_server: ModelServer) -> None:
    model_server.states[7] = "AVAILABLE"
    with GrpcClient(Endpoint(model_server.address, "tile", version=7)) as client:
        assert client.predict_pictures([b"x"]).version == 7


def test_status_names_every_version_newest_first(model_server: ModelServer, client: GrpcClient) -> None:
    model_server.states = {1: "AVAILABLE", 2: "END"}
    assert client.status() == [VersionStatus(2, "END", "INTERNAL", "broken"), VersionStatus(1, "AVAILABLE", "OK", "")]


def test_metadata_gives_the_signatures(client: GrpcClient) -> None:
    assert client.metadata() == {
        "serving_default": Signature(
            {"image": TensorSpec("string", (None,))},
            {"defect": TensorSpec("float", (None, 1)), "surface": TensorSpec("float", (None, 3))},
        )
    }


def test_the_manifest_comes_from_the_model(client: GrpcClient) -> None:
    assert client.manifest() == manifest()


def test_a_model_without_manifest_says_so(model_server: ModelServer, client: GrpcClient) -> None:
    model_server.manifests.clear()
    assert client.find_manifest() is None
    with pytest.raises(StoreError, match=f"tile at {model_server.address} carries no manifest"):
        client.manifest()


def test_a_manifest_that_is_none_is_an_error(model_server: ModelServer, client: GrpcClient) -> None:
    model_server.manifests[1] = b"{}"
    with pytest.raises(StoreError, match="not a manifest"):
        client.find_manifest()


def test_the_servers_own_words_arrive(model_server: ModelServer, client: GrpcClient) -> None:
    model_server.refusal = grpc.StatusCode.INVALID_ARGUMENT, "Expects arg[0] to be float but int32 is provided"
    with pytest.raises(RpcError, match="Expects arg") as caught:
        client.predict_pictures([b"x"])
    assert caught.value.code == "INVALID_ARGUMENT"
    assert len(model_server.asked) == 1


def test_a_busy_server_is_not_one_that_is_away(model_server: ModelServer, client: GrpcClient) -> None:
    model_server.refusal = grpc.StatusCode.UNAVAILABLE, "The batch scheduling queue is full"
    with pytest.raises(RpcError, match="queue is full") as caught:
        client.predict_pictures([b"x"])
    assert caught.value.code == "UNAVAILABLE"
    assert not isinstance(caught.value, Unreachable)
    assert len(model_server.asked) == 1, "a request that was answered is never sent again"


def test_unknown_model(model_server: ModelServer) -> None:
    with GrpcClient(Endpoint(model_server.address, "none")) as client, pytest.raises(RpcError, match="none") as caught:
        client.predict_pictures([b"x"])
    assert caught.value.code == "NOT_FOUND"


def test_a_slow_server_ends_at_the_deadline(model_server: ModelServer) -> None:
    model_server.gate.clear()
    with (
        GrpcClient(Endpoint(model_server.address, "tile", timeout=0.2)) as client,
        pytest.raises(TooSlow, match=r"within 0\.2 s"),
    ):
        client.predict_pictures([b"x"])


def test_nobody_there(free_port: int) -> None:
    with (
        GrpcClient(Endpoint(f"127.0.0.1:{free_port}", "tile")) as client,
        pytest.raises(Unreachable, match=f"127.0.0.1:{free_port}"),
    ):
        client.predict_pictures([b"x"])


def test_a_name_that_no_machine_has() -> None:
    with GrpcClient(Endpoint("no-such-host.invalid:8500", "tile", timeout=5)) as client, pytest.raises(Unreachable):
        client.status()


def test_a_server_that_hangs_up_is_unreachable() -> None:
    """It accepts, reads the request and closes: a crash in the middle of a call."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)
        stop = threading.Event()

        def hang_up() -> None:
            while not stop.is_set():
                try:
                    connection, _ = listener.accept()
                except TimeoutError:
                    continue
                with connection:
                    time.sleep(0.05)

        thread = threading.Thread(target=hang_up)
        thread.start()
        with (
            GrpcClient(Endpoint(f"127.0.0.1:{listener.getsockname()[1]}", "tile", timeout=3)) as client,
            pytest.raises(RpcError) as caught,
        ):
            client.predict_pictures([b"x"])
        stop.set()
        thread.join(15)
    assert isinstance(caught.value, Unreachable | TooSlow)


def test_a_server_that_is_slow_to_take_a_connection_is_waited_for(model_server: ModelServer) -> None:
    def piped(source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):  # the other end may be gone already
            while data := source.recv(1 << 16):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)

    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(2) as threads:
        client = GrpcClient(Endpoint(f"127.0.0.1:{listener.getsockname()[1]}", "tile", retries=0))
        status = threads.submit(client.status)
        near, _ = listener.accept()
        with near, socket.create_connection(("127.0.0.1", model_server.port)) as far:
            time.sleep(0.4)
            back = threading.Thread(target=piped, args=(far, near))
            back.start()
            there = threading.Thread(target=piped, args=(near, far))
            there.start()
            assert status.result(10)[0].version == 1
            client.close()
            there.join(10)
            back.join(10)


def test_a_server_that_takes_a_connection_and_says_nothing_is_too_slow() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        GrpcClient(Endpoint(f"127.0.0.1:{listener.getsockname()[1]}", "tile", timeout=0.5)) as client,
        pytest.raises(TooSlow, match=r"within 0\.5 s"),
    ):
        client.status()


def test_a_server_that_comes_back_is_met_again(model_server: ModelServer) -> None:
    with GrpcClient(Endpoint(model_server.address, "tile", timeout=10)) as client:
        client.predict_pictures([b"x"])
        model_server.stop()
        with pytest.raises(Unreachable):
            client.predict_pictures([b"x"])
        with ModelServer(model_server.port):
            assert _until_met(client).version == 1


def _until_met(client: GrpcClient) -> VersionStatus:
    end = time.monotonic() + 240
    while True:
        try:
            return client.status()[0]
        except Unreachable:
            if time.monotonic() > end:
                raise
