"""Requests of clients that mean harm or know no better: a documented error each time, no crash, no hang, no growth."""

import gzip
import json
import random
import shutil
import socket
import struct
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import grpc
import numpy as np
import psutil
import pytest

from aoi_modules.modelstore import layout
from aoi_modules.serving.launchers.embedded import EmbeddedServer
from aoi_modules.wire import json_text
from aoi_modules.wire.messages import ClassificationRequest, PredictRequest, TensorProto
from tests.serving.calls import PREDICT, example_input, http, predict, predict_request

X = np.array([2.0], np.float32)
HALF = "/v1/models/half:predict"
CLASSIFY = "tensorflow.serving.PredictionService/Classify"
FUZZ_SECONDS = 3.0
FAULT = "a request failed inside the server"
"""What the log says of an error that nobody foresaw."""


@pytest.fixture(scope="module")
def victim(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """A server of small models; `foreign` is a convolution without a manifest of ours."""
    foreign = tmp_path_factory.mktemp("foreign")
    shutil.copytree(models / "strict", foreign, dirs_exist_ok=True)
    (foreign / "1" / layout.MANIFEST_FILE).unlink()
    (foreign / "1" / layout.SUMS_FILE).unlink()
    names = ("half", "echo", "strict", "examples")
    with EmbeddedServer({"foreign": foreign, **{name: models / name for name in names}}) as running:
        yield running
        assert running.running()
        assert FAULT not in running.log_tail(10_000)


@pytest.fixture(autouse=True)
def _still_answers(victim: EmbeddedServer) -> Iterator[None]:
    yield
    with grpc.insecure_channel(victim.grpc) as channel:
        assert predict(channel, predict_request("half", x=X), timeout=10).outputs["y"].float_val == [3.0]


def raw(server: EmbeddedServer, *parts: bytes, seconds: float = 5.0) -> bytes:
    """The first bytes that a plain socket is answered with; b"" if the connection is closed without a word."""
    host, _, port = server.rest.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=seconds) as connection:
        try:
            for part in parts:
                connection.sendall(part)
            return connection.recv(4096)
        except (BrokenPipeError, ConnectionResetError):
            return b""


def code_of(server: EmbeddedServer, method: str, body: bytes) -> tuple[str, str]:
    """Code and text that bytes are answered with."""
    with grpc.insecure_channel(server.grpc) as channel:
        call: Any = channel.unary_unary(f"/{method}")
        try:
            call(body, timeout=10)
        except grpc.RpcError as caught:
            error: Any = caught
            return error.code().name, error.details()
    return "OK", ""


def tensor_code(server: EmbeddedServer, tensor: TensorProto, model: str = "half", name: str = "x") -> tuple[str, str]:
    request = PredictRequest()
    request.model_spec.name = model
    request.inputs[name].CopyFrom(tensor)
    return code_of(server, PREDICT, request.SerializeToString())


def shaped(*sizes: int, **fields: Any) -> TensorProto:
    tensor = TensorProto(dtype=1, **fields)
    for size in sizes:
        tensor.tensor_shape.dim.add(size=size)
    return tensor


@pytest.mark.parametrize(
    "tensor",
    [
        shaped(1 << 32, 1 << 32),  # the product does not fit into 64 bits
        shaped(1 << 62, 4, 0),
        shaped(-1, float_val=[1.0]),
        shaped(1 << 40, float_val=[1.0]),  # twenty bytes that ask for four terabytes
        shaped(*[1] * 100, float_val=[1.0]),
        shaped(3, tensor_content=b"1234567"),
        TensorProto(dtype=99, float_val=[1.0]),
        TensorProto(dtype=19, half_val=[-1]),
        TensorProto(dtype=8, scomplex_val=[1.0]),
    ],
)
def test_tensors_that_contradict_themselves(victim: EmbeddedServer, tensor: TensorProto) -> None:
    code, text = tensor_code(victim, tensor)
    assert code == "INVALID_ARGUMENT", text


@pytest.mark.parametrize("model", ["foreign", "strict"])
def test_ranks_that_would_end_the_process(victim: EmbeddedServer, model: str) -> None:
    for sizes in [(), (2,), (2, 2), (2, 2, 1), (1, 1, 2, 2, 1), (0,)]:
        tensor = shaped(*sizes, tensor_content=b"\0" * 4 * int(np.prod(sizes)))
        code, text = tensor_code(victim, tensor, model, "image")
        assert (code, text.startswith("input image: expected float (?, 2, 2, 1)")) == ("INVALID_ARGUMENT", True)
    code, text = tensor_code(victim, shaped(1, 2, 2, 4, tensor_content=b"\0" * 64), model, "image")
    assert code == "INVALID_ARGUMENT", text


def test_shapes_that_would_end_the_process(victim: EmbeddedServer) -> None:
    for sizes in [(), (2,), (2, 2), (2, 2, 1), (1, 2, 2, 1, 1), (1, 3, 2, 1), (1, 2, 2, 4)]:
        count = int(np.prod(sizes))
        tensor = shaped(*sizes, tensor_content=b"\0" * 4 * count)
        code, text = tensor_code(victim, tensor, "strict", "image")
        assert (code, text.startswith("input image: expected float (?, 2, 2, 1)")) == ("INVALID_ARGUMENT", True)


@pytest.mark.parametrize(
    ("key", "depth", "status"),
    [
        ("unused", 500_000, 200),
        ("unused", 1_100_000, 400),
        ("instances", 1_000, 400),
        ("instances", 500_000, 400),
        ("inputs", 500_000, 400),
        ("signature_name", 500_000, 400),
    ],
)
def test_deep_documents(victim: EmbeddedServer, key: str, depth: int, status: int) -> None:
    instances = b"" if key == "instances" else b', "instances": [1]'
    body = b'{"%s": %s%s%s}' % (key.encode(), b"[" * depth, b"]" * depth, instances)
    got, answer = http(victim.rest + HALF, body)
    assert got == status
    assert len(answer) < 2000


def test_others_are_answered_while_deep_documents_are_read(victim: EmbeddedServer) -> None:
    deep = b'{"instances": [1], "unused": %s%s}' % (b"[" * 900_000, b"]" * 900_000)
    stop = threading.Event()

    def ask() -> int:
        answered = 0
        with grpc.insecure_channel(victim.grpc) as channel:
            while not stop.is_set():
                predict(channel, predict_request("half", x=X), timeout=10)
                answered += 1
        return answered

    with ThreadPoolExecutor(3) as threads:
        asking = threads.submit(ask)
        try:
            sent = [threads.submit(http, victim.rest + HALF, deep) for _ in range(4)]
            assert [one.result(60)[0] for one in sent] == [200] * 4
        finally:
            stop.set()
        assert asking.result(60) > 4


def test_more_lists_than_memory_should_hold(victim: EmbeddedServer) -> None:
    status, answer = http(victim.rest + HALF, b'{"unused": [%s1]}' % (b"[]," * json_text.MAX_BRACKETS))
    assert (status, b"lists and objects" in answer) == (400, True)


@pytest.mark.parametrize("unit", [b'{"a":', b'[{"a":[', b'{"instances":['])
def test_deep_documents_that_do_not_end(victim: EmbeddedServer, unit: bytes) -> None:
    status, answer = http(victim.rest + HALF, unit * 50_000)
    assert status == 400
    assert b"JSON Parse error" in answer


def test_a_body_of_two_gigabytes_is_only_announced(victim: EmbeddedServer) -> None:
    head = b"POST %s HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n"
    answer = raw(victim, head % (HALF.encode(), 2 << 30), b'{"instances": [')
    assert answer.startswith(b"HTTP/1.1 413 ")
    answer = raw(victim, head % (HALF.encode(), 10**30))
    assert answer.startswith((b"HTTP/1.1 413 ", b"HTTP/1.1 400 "))


def test_chunks_without_end_are_cut(victim: EmbeddedServer) -> None:
    before = psutil.Process(victim.pid).memory_info().rss
    head = b"POST %s HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" % HALF.encode()
    chunk = b"100000\r\n" + b" " * (1 << 20) + b"\r\n"
    assert b"413" in (raw(victim, head, *[chunk] * 130, seconds=30) or b"413")
    time.sleep(0.5)
    assert psutil.Process(victim.pid).memory_info().rss - before < 300 << 20


def test_a_gzip_bomb(victim: EmbeddedServer) -> None:
    bomb = gzip.compress(gzip.compress(b"[" * (200 << 20)))
    assert http(victim.rest + HALF, bomb, Content_Encoding="gzip")[0] == 400  # one layer is taken off
    once = gzip.compress(b" " * (200 << 20))
    status, answer = http(victim.rest + HALF, once, Content_Encoding="gzip")
    assert (status, b"larger than" in answer) == (413, True)


@pytest.mark.parametrize(
    "line",
    [b"\0\0\0\0", b"GET", b"GET / HTTP/9.9", b"GET /v1/models/\xff HTTP/1.1", b"BREW /pot HTTP/1.1"],
)
def test_what_is_no_http(victim: EmbeddedServer, line: bytes) -> None:
    answer = raw(victim, line + b"\r\n\r\n")
    assert not answer or answer.startswith(b"HTTP/1.1 4"), answer


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n-1\r\n{}\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}",
        b"Content-Length: -1\r\n\r\n{}",
        b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
        b"Content-Length: 2\r\n\r\n{}" + b"\0" * 100,
    ],
)
def test_bodies_whose_length_is_a_lie(victim: EmbeddedServer, request_bytes: bytes) -> None:
    answer = raw(victim, b"POST %s HTTP/1.1\r\nHost: a\r\n" % HALF.encode() + request_bytes)
    assert not answer or answer.startswith(b"HTTP/1.1 400 "), answer


def test_several_requests_at_once_are_answered_in_order(victim: EmbeddedServer) -> None:
    host, _, port = victim.rest.removeprefix("http://").partition(":")
    good = b'{"instances": [2]}'
    head = b"POST %s HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n%s\r\n"
    one, bad, last = (
        head % (HALF.encode(), len(body), closing) + body
        for body, closing in ((good, b""), (b"{", b""), (good, b"Connection: close\r\n"))
    )
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(one + bad + one + last)
        answer = b"".join(iter(lambda: connection.recv(1 << 16), b""))
    assert [part[:3] for part in answer.split(b"HTTP/1.1 ")[1:]] == [b"200", b"400", b"200", b"200"]


def frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def half_a_call(path: str = f"/{PREDICT}") -> bytes:
    """HTTP/2 by hand: a call whose message says that it has 2 GiB, and then nothing."""

    def header(name: str, value: str) -> bytes:
        return b"\0" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode("latin-1")

    fields = {":method": "POST", ":scheme": "http", ":path": path, ":authority": "a", "te": "trailers",
              "content-type": "application/grpc"}  # fmt: skip
    head = b"".join(header(name, value) for name, value in fields.items())
    opening = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0, b"")
    return opening + frame(1, 4, 1, head) + frame(0, 0, 1, b"\0" + struct.pack(">I", (1 << 31) - 1))


def test_a_method_name_that_is_no_text_closes_the_port_for_a_moment_only(victim: EmbeddedServer) -> None:
    host, _, port = victim.grpc.partition(":")
    for _ in range(3):
        with socket.create_connection((host, int(port)), timeout=30) as connection:
            connection.sendall(half_a_call("/tensorflo\x8f.serving/Predict"))
            with suppress(ConnectionResetError):
                while connection.recv(1 << 16):  # until the server closes it
                    pass
        with grpc.insecure_channel(victim.grpc) as channel:
            request = predict_request("half", x=X).SerializeToString()
            call: Any = channel.unary_unary(f"/{PREDICT}")
            call(request, timeout=60, wait_for_ready=True)


@pytest.fixture(scope="module")
def impatient(models: Path) -> Iterator[EmbeddedServer]:
    """A server with limits as short as a test wants them; the usual ones are an hour or so."""
    limits = "grpc.max_connection_age_ms=300,grpc.max_connection_age_grace_ms=3000,grpc.server_handshake_timeout_ms=300"
    with EmbeddedServer({"half": models / "half"}, flags=[f"--grpc_channel_arguments={limits}"]) as running:
        yield running


@pytest.mark.parametrize("beginning", [b"", b"PRI", half_a_call()])
def test_nobody_holds_a_grpc_connection_for_ever(impatient: EmbeddedServer, beginning: bytes) -> None:
    host, _, port = impatient.grpc.partition(":")
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        connection.sendall(beginning)
        with suppress(ConnectionResetError):
            while connection.recv(1 << 16):  # until the server closes it
                pass


def test_a_client_whose_connection_is_closed_opens_another(impatient: EmbeddedServer) -> None:
    with grpc.insecure_channel(impatient.grpc) as channel:
        for _ in range(5):
            assert predict(channel, predict_request("half", x=X), timeout=30).outputs["y"].float_val == [3.0]
            time.sleep(0.2)


def test_a_grpc_message_that_is_announced_but_does_not_come(victim: EmbeddedServer) -> None:
    host, _, port = victim.grpc.partition(":")
    held = [socket.create_connection((host, int(port)), timeout=5) for _ in range(20)]
    before = psutil.Process(victim.pid).memory_info().rss
    for connection in held:
        connection.sendall(half_a_call())
    time.sleep(0.5)
    assert psutil.Process(victim.pid).memory_info().rss - before < 100 << 20
    for connection in held:
        connection.close()


DOCUMENTED = {
    "OK", "INVALID_ARGUMENT", "NOT_FOUND", "FAILED_PRECONDITION", "UNIMPLEMENTED", "INTERNAL", "RESOURCE_EXHAUSTED",
}  # fmt: skip


def mutated(body: bytes, chance: random.Random) -> bytes:
    """The body with bytes changed, cut out, doubled or put in."""
    data = bytearray(body)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(data) + 1)
        match chance.randrange(4):
            case 0 if at < len(data):
                data[at] = chance.randrange(256)
            case 1:
                del data[at : at + chance.randint(1, 8)]
            case 2:
                data[at:at] = data[at : at + chance.randint(1, 40)]
            case _:
                data[at:at] = chance.randbytes(chance.randint(1, 4))
    return bytes(data)


def test_random_messages(victim: EmbeddedServer) -> None:
    chance = random.Random(7)
    classification = ClassificationRequest(input=example_input(1.0, 2.0, context=3.0))
    classification.model_spec.name = "examples"
    seeds = [
        (PREDICT, predict_request("half", version=1, x=np.ones((2, 3), np.float32)).SerializeToString()),
        (PREDICT, predict_request("echo", signature="pair", a=np.array([1], np.int32), b=[b"x"]).SerializeToString()),
        (PREDICT, predict_request("strict", image=np.ones((1, 2, 2, 1), np.float32)).SerializeToString()),
        (CLASSIFY, classification.SerializeToString()),
    ]
    seen: dict[str, str] = {}
    with grpc.insecure_channel(victim.grpc) as channel:
        end = time.monotonic() + FUZZ_SECONDS
        while time.monotonic() < end:
            method, seed = chance.choice(seeds)
            body = mutated(seed, chance)
            call: Any = channel.unary_unary(f"/{method}")
            try:
                call(body, timeout=20)
                seen["OK"] = ""
            except grpc.RpcError as caught:
                error: Any = caught
                seen[error.code().name] = error.details()
    assert seen.keys() <= DOCUMENTED, seen
    assert len(seen) > 2


def test_random_documents(victim: EmbeddedServer) -> None:
    chance = random.Random(7)
    bodies = [
        b'{"signature_name": "serving_default", "instances": [1.0, -2.5e3, NaN, {"x": 3}]}',
        b'{"inputs": {"x": [[1, 2], [3, 4]]}}',
        b'{"signature_name": "pair", "instances": [{"a": 1, "b": {"b64": "aGk="}}]}',
        b'{"signature_name": "number", "context": {"x": 1.5}, "examples": [{"x": [1.5, 2.5], "y": "\\u00e4"}]}',
    ]
    paths = [HALF, "/v1/models/echo:predict", "/v1/models/examples:regress", "/v1/models/examples:classify"]
    seen = set()
    end = time.monotonic() + FUZZ_SECONDS
    while time.monotonic() < end:
        status, answer = http(victim.rest + chance.choice(paths), mutated(chance.choice(bodies), chance))
        seen.add(status)
        document = json.loads(answer)
        assert set(document) <= {"predictions", "outputs", "results"} if status == 200 else {"error"} == set(document)
    assert seen <= {200, 400, 501}, victim.log_tail(40)
    assert {200, 400} <= seen
