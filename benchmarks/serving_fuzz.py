"""Hostile input for the model server, by both protocols, for as long as wanted: does it live, answer and stay small?

    .venv/bin/python -m benchmarks.serving_fuzz --minutes 10 --seed 1

One `aoi serve --engine=auto` with two models: our servable, which OpenVINO runs, and a plain Keras export, which
TensorFlow runs. Three clients send, each by its own random numbers: valid messages with bits, bytes and fields changed,
messages whose parts contradict each other, HTTP/2 and HTTP that is none, changed JSON. After every 100 inputs of a
client four healthy requests must be answered as at the start. Prints a table by kind of input and the server's memory,
and ends with exit code 1 if the server died or hung, grew by more than a tenth after the first fifth of the time, wrote
of a fault into its log, or answered INTERNAL, UNKNOWN or 500. INTERNAL is right for bytes that are no message. A
method name that is no text makes the server open its gRPC port again; a call or two that each client loses by that are
counted as `lost`.
"""

import argparse
import base64
import json
import random
import socket
import struct
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import numpy as np
import psutil

from aoi_modules.serving.launcher import EmbeddedServer
from aoi_modules.wire import tensors
from aoi_modules.wire.messages import (
    DATA_TYPES,
    ClassificationRequest,
    GetModelMetadataRequest,
    GetModelMetadataResponse,
    GetModelStatusRequest,
    MultiInferenceRequest,
    PredictRequest,
    PredictResponse,
    SignatureDef,
    SignatureDefMap,
    TensorProto,
)
from benchmarks.serving import jpeg, written

SERVICE = "/tensorflow.serving.PredictionService/"
STATUS = "/tensorflow.serving.ModelService/GetModelStatus"
CLIENTS = 3
CONTROL_EVERY = 100
PATIENCE_SECONDS = 30.0
"""A request that is not answered in this time counts as hung."""
RAW_SECONDS = 0.5
"""How long a connection that was sent garbage is listened to."""
GROWTH = 0.10
LOST_EACH = 2
"""Calls of a client that one reopening of the port may cost."""
REOPENED = "its port is opened again"
FAULTS = ("a request failed inside the server", "Unexpected [")
"""What the log says of an error that nobody foresaw."""
NOT_A_MESSAGE = "Unable to parse the request"
OPENING = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

Answer = tuple[str, bool]
"""What came, and whether it may come."""
Message = tuple[str, bytes]
"""Method and body."""


@dataclass
class Tally:
    """What became of all inputs; clients share it."""

    sent: Counter[str] = field(default_factory=Counter)
    answers: dict[str, Counter[str]] = field(default_factory=dict)
    slowest_ms: dict[str, float] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, kind: str, answer: Answer, seconds: float, body: bytes) -> None:
        name, fine = answer
        with self.lock:
            self.sent[kind] += 1
            self.answers.setdefault(kind, Counter())[name] += 1
            self.slowest_ms[kind] = max(self.slowest_ms.get(kind, 0.0), seconds * 1e3)
            if not fine and len(self.troubles) < 100:
                self.troubles.append(f"{kind}: {name}: {len(body)} bytes: {body[:300]!r}")

    def trouble(self, text: str) -> None:
        with self.lock:
            self.troubles.append(text)

    def show(self) -> None:
        print(f"{'kind':<16} {'sent':>8} {'slowest ms':>11}  answers")
        for kind in sorted(self.sent):
            answers = ", ".join(f"{name} {count}" for name, count in self.answers[kind].most_common())
            print(f"{kind:<16} {self.sent[kind]:>8} {self.slowest_ms[kind]:>11.0f}  {answers}")
        for trouble in self.troubles[:20]:
            print(f"TROUBLE {trouble}")


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--minutes", type=float, default=10.0)
    arguments.add_argument("--seed", type=int, default=1)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        models = written(Path(folder))
        with EmbeddedServer({"tile": models.ours, "plain": models.plain}, flags=["--engine=auto"]) as server:
            tally = Tally()
            memory = attack(server, tally, chosen.minutes * 60, chosen.seed)
            judge(server, tally, memory)
    tally.show()
    print("memory MB: " + ", ".join(f"{seconds / 60:.1f} min {size >> 20}" for seconds, size in memory))
    print("failed" if tally.troubles else "passed")
    return 1 if tally.troubles else 0


def attack(server: EmbeddedServer, tally: Tally, seconds: float, seed: int) -> list[tuple[float, int]]:
    """Lets the clients send; returns the server's memory in bytes at the start, every minute and at the end."""
    process = psutil.Process(server.pid)
    began = time.monotonic()
    end = began + seconds
    clients = [
        threading.Thread(target=Client(server, tally, random.Random(seed * CLIENTS + number)).run, args=(end,))
        for number in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    memory = [(0.0, process.memory_info().rss)]
    fifth = began + seconds / 5
    for moment in sorted({fifth, *(began + 60.0 * minute for minute in range(1, int(seconds // 60) + 1)), end}):
        while time.monotonic() < moment and server.running():
            time.sleep(0.2)
        if not server.running():
            tally.trouble(f"the server died: {server.log_tail(30)}")
            break
        memory.append((time.monotonic() - began, process.memory_info().rss))
    for client in clients:
        client.join(3 * PATIENCE_SECONDS)
        if client.is_alive():
            tally.trouble("a client hangs")
    return memory


def judge(server: EmbeddedServer, tally: Tally, memory: Sequence[tuple[float, int]]) -> None:
    """Adds what is wrong as a whole: memory and log."""
    settled = [size for seconds, size in memory if seconds >= memory[-1][0] / 5 - 1.0]
    if len(settled) > 1 and settled[-1] > settled[0] * (1 + GROWTH):
        tally.trouble(f"memory grew from {settled[0] >> 20} MB to {settled[-1] >> 20} MB after the first fifth")
    log = server.log_tail(100_000)
    reopened, lost = log.count(REOPENED), sum(answers["lost"] for answers in tally.answers.values())
    print(f"gRPC port opened again: {reopened}, calls lost: {lost}")
    if lost > LOST_EACH * CLIENTS * reopened:
        tally.trouble(f"{lost} calls were lost by {reopened} reopenings of the port")
    tally.troubles += [f"log: {line}" for line in log.splitlines() if any(fault in line for fault in FAULTS)][:20]


class Client:
    """Sends inputs until its time is over, and healthy requests between them."""

    def __init__(self, server: EmbeddedServer, tally: Tally, chance: random.Random) -> None:
        self._tally = tally
        self._chance = chance
        self._channel = grpc.insecure_channel(server.grpc, options=[("grpc.max_receive_message_length", -1)])
        host, _, port = server.grpc.partition(":")
        self._grpc_address = (host, int(port))
        self._rest_address = (host, int(server.rest.rpartition(":")[2]))
        self._healthy = healthy(self._channel)
        self._messages = messages(self._healthy)
        self._bodies = bodies(self._healthy)
        self._expected = self._control()
        self._kinds: Mapping[str, Callable[[], tuple[bytes, Callable[[], Answer]]]] = {
            "gRPC bytes": self._changed_message,
            "gRPC fields": self._contradiction,
            "HTTP/2 garbage": self._garbage,
            "JSON": self._changed_json,
            "HTTP": self._broken_http,
        }

    def run(self, end: float) -> None:
        count = 0
        while time.monotonic() < end:
            kind = self._chance.choices(list(self._kinds), weights=(4, 4, 1, 4, 2))[0]
            body, send = self._kinds[kind]()
            began = time.monotonic()
            try:
                answer = send()
            except OSError as error:
                answer = ("lost" if isinstance(error, ConnectionRefusedError) else type(error).__name__, True)
            self._tally.add(kind, answer, time.monotonic() - began, body)
            count += 1
            if count % CONTROL_EVERY == 0:
                self._check_health()

    def _check_health(self) -> None:
        began = time.monotonic()
        got: list[str] = []
        for _ in range(2):  # the port may be opened again meanwhile
            try:
                got = self._control()
                break
            except (grpc.RpcError, OSError, ValueError) as error:
                got = [repr(error)]
                self._tally.add("control", ("lost", True), time.monotonic() - began, b"")
        self._tally.add("control", ("right" if got == self._expected else "WRONG", got == self._expected),
                        time.monotonic() - began, repr(got).encode())  # fmt: skip

    def _control(self) -> list[str]:
        """The answers to healthy requests, which are always the same: both models, by both protocols."""
        found = []
        for request in self._healthy:
            answer = self._call(SERVICE + "Predict", request.SerializeToString())
            outputs = PredictResponse.FromString(answer).outputs
            found += [f"{name} {tensors.to_array(outputs[name]).astype(str).tolist()}" for name in sorted(outputs)]
        for path, body in self._bodies:
            status, text = self._post(path, body)
            found.append(f"{status} {sorted(json.loads(text))}")
        return [text[:2000] for text in found]

    def _call(self, method: str, body: bytes) -> bytes:
        call: Any = self._channel.unary_unary(method)
        answer: bytes = call(body, timeout=PATIENCE_SECONDS, wait_for_ready=True)
        return answer

    def _outcome(self, method: str, body: bytes) -> Answer:
        try:
            self._call(method, body)
        except grpc.RpcError as caught:
            error: Any = caught
            code: str = error.code().name
            if code in ("CANCELLED", "UNAVAILABLE"):
                return "lost", True
            unread = code == "INTERNAL" and NOT_A_MESSAGE in error.details()
            fine = code in ("INVALID_ARGUMENT", "NOT_FOUND", "FAILED_PRECONDITION", "UNIMPLEMENTED",
                            "RESOURCE_EXHAUSTED")  # fmt: skip
            return (
                f"{code} (no message)" if unread else code if fine else f"{code} {error.details()[:200]}",
                fine or unread,
            )
        return "OK", True

    def _changed_message(self) -> tuple[bytes, Callable[[], Answer]]:
        method, body = self._chance.choice(self._messages)
        changed = mutated(body, self._chance)
        return changed, lambda: self._outcome(method, changed)

    def _contradiction(self) -> tuple[bytes, Callable[[], Answer]]:
        request = PredictRequest.FromString(self._chance.choice(self._healthy).SerializeToString())
        contradict(request, self._chance)
        body = request.SerializeToString()
        return body, lambda: self._outcome(SERVICE + "Predict", body)

    def _garbage(self) -> tuple[bytes, Callable[[], Answer]]:
        data = http2_garbage(self._chance)
        return data, lambda: self._raw(self._grpc_address, data)

    def _changed_json(self) -> tuple[bytes, Callable[[], Answer]]:
        path, body = self._chance.choice(self._bodies)
        path = self._chance.choice(
            (path, path, path, path.replace("predict", self._chance.choice(("classify", "regress"))))
        )
        body = mutated(json_body(body, self._chance), self._chance) if self._chance.random() < 0.8 else body

        def send() -> Answer:
            status, text = self._post(path, body)
            fine = status in (200, 400, 501) and (status == 200 or list(json.loads(text)) == ["error"])
            return str(status) if fine else f"{status} {text[:200]!r}", fine

        return body, send

    def _post(self, path: str, body: bytes) -> tuple[int, bytes]:
        head = f"POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
        with socket.create_connection(self._rest_address, timeout=PATIENCE_SECONDS) as connection:
            connection.sendall(head.encode() + body)
            answer = b"".join(iter(lambda: connection.recv(1 << 16), b""))
        return int(answer[9:12]), answer.partition(b"\r\n\r\n")[2]

    def _broken_http(self) -> tuple[bytes, Callable[[], Answer]]:
        path, body = self._chance.choice(self._bodies)
        data = broken_http(path, body, self._chance)
        return data, lambda: self._raw(self._rest_address, data)

    def _raw(self, address: tuple[str, int], data: bytes) -> Answer:
        """Sends bytes, in two parts, and reads what comes at once."""
        cut = self._chance.randrange(len(data) + 1)
        with socket.create_connection(address, timeout=PATIENCE_SECONDS) as connection:
            try:
                connection.sendall(data[:cut])
                connection.sendall(data[cut:])
                connection.settimeout(RAW_SECONDS)
                got = connection.recv(1 << 16)
            except TimeoutError:
                return "waits", True
            except (ConnectionResetError, BrokenPipeError):
                return "closed", True
        if not got:
            return "closed", True
        if got.startswith(b"HTTP/1.1 "):
            status = got[9:12].decode("latin-1")
            return status, not status.startswith("5") or status in ("501", "503", "504", "505")
        return "HTTP/2 frames", True


def healthy(channel: grpc.Channel) -> list[PredictRequest]:
    """A request to each model that it answers: zeros, or a picture where it wants bytes."""
    found = []
    for model in ("tile", "plain"):
        asked = GetModelMetadataRequest(metadata_field=["signature_def"])
        asked.model_spec.name = model
        call: Any = channel.unary_unary(SERVICE + "GetModelMetadata")
        answer: bytes = call(asked.SerializeToString(), timeout=PATIENCE_SECONDS)
        signatures = SignatureDefMap()
        GetModelMetadataResponse.FromString(answer).metadata["signature_def"].Unpack(signatures)
        found.append(request_to(model, signatures.signature_def["serving_default"]))
    return found


def request_to(model: str, signature: SignatureDef) -> PredictRequest:
    request = PredictRequest()
    request.model_spec.name = model
    for name, info in signature.inputs.items():
        shape = [max(1, dim.size) for dim in info.tensor_shape.dim]
        array = [jpeg()] if info.dtype == tensors.STRING else np.zeros(shape, tensors.dtype_of(info.dtype))
        request.inputs[name].CopyFrom(tensors.to_tensor(array))
    return request


def messages(requests: Sequence[PredictRequest]) -> list[Message]:
    """Valid messages to all methods that change nothing."""
    found: list[Message] = [(SERVICE + "Predict", request.SerializeToString()) for request in requests]
    for model in ("tile", "plain"):
        examples = ClassificationRequest()
        examples.model_spec.name = model
        feature = examples.input.example_list_with_context.examples.add().features.feature["x"]
        feature.float_list.value.extend([1.0, 2.0])
        several = MultiInferenceRequest(input=examples.input)
        several.tasks.add(method_name="tensorflow/serving/regress").model_spec.name = model
        asked = GetModelMetadataRequest(metadata_field=["signature_def"])
        asked.model_spec.name = model
        status = GetModelStatusRequest()
        status.model_spec.name = model
        found += [
            (SERVICE + "Classify", examples.SerializeToString()),
            (SERVICE + "Regress", examples.SerializeToString()),
            (SERVICE + "MultiInference", several.SerializeToString()),
            (SERVICE + "GetModelMetadata", asked.SerializeToString()),
            (STATUS, status.SerializeToString()),
        ]
    return found


def bodies(requests: Sequence[PredictRequest]) -> list[tuple[str, bytes]]:
    """The healthy requests as JSON, by path."""
    found = []
    for request in requests:
        columns: dict[str, Any] = {}
        for name, tensor in request.inputs.items():
            values = tensors.to_array(tensor).tolist()
            columns[name] = (
                [{"b64": base64.b64encode(v).decode()} for v in values] if tensor.dtype == tensors.STRING else values
            )
        found.append((f"/v1/models/{request.model_spec.name}:predict", json.dumps({"inputs": columns}).encode()))
    return found


def mutated(body: bytes, chance: random.Random) -> bytes:
    """The body with bits flipped, bytes changed, and parts cut out, doubled, swapped or put in."""
    data = bytearray(body)
    kinds = chance.choice((range(7), (0, 1, 5)))  # of those that leave the length as it is, more is still a message
    for _ in range(chance.choice((1, 1, 2, 4, 8))):
        at = chance.choice((chance.randrange(len(data) + 1), chance.randrange(min(len(data), 64) + 1)))
        size = chance.choice((1, 2, 8, 40, 1000))
        match chance.choice(kinds):
            case 0 if at < len(data):
                data[at] ^= 1 << chance.randrange(8)
            case 1 if at < len(data):
                data[at] = chance.randrange(256)
            case 2:
                del data[at : at + size]
            case 3:
                data[at:at] = data[at : at + size]
            case 4:
                data[at:at] = chance.randbytes(min(size, 40))
            case 5:
                other = chance.randrange(len(data) + 1)
                data[at : at + size], data[other : other + size] = data[other : other + size], data[at : at + size]
            case _ if chance.random() < 0.2:
                del data[at:]
    return bytes(data)


def contradict(request: PredictRequest, chance: random.Random) -> None:
    """Changes one to three things, each of them well-formed."""
    for _ in range(chance.randint(1, 3)):
        name = chance.choice(list(request.inputs) or ["x"])
        tensor = request.inputs[name]
        dims = tensor.tensor_shape.dim
        number = chance.choice((-1, 0, 1, 2, 3, 7, 95, 97, 1 << 31, 1 << 40, (1 << 63) - 1, -(1 << 63)))
        match chance.randrange(14):
            case 0:
                tensor.dtype = chance.choice((*range(len(DATA_TYPES)), 100, 101, 114, -5, 1 << 30))
            case 1 if dims:
                dims[chance.randrange(len(dims))].size = number
            case 2:
                dims.add(size=number)
            case 3 if dims:
                del dims[chance.randrange(len(dims))]
            case 4:
                tensor.tensor_content = tensor.tensor_content[: chance.randrange(len(tensor.tensor_content) + 1)]
            case 5:
                tensor.tensor_content += chance.randbytes(chance.choice((1, 3, 4, 1024)))
            case 6:
                set_random_field(tensor, chance)
            case 7:
                request.inputs[chance.choice(("", "x", "\0", "image" * 1000, "ä"))].CopyFrom(tensor)
            case 8:
                del request.inputs[name]
            case 9:
                request.output_filter.append(chance.choice(("", "y", "output_0", "\x7f", "z" * 10_000)))
            case 10:
                request.model_spec.signature_name = chance.choice(("nope", "__saved_model_init_op", "x" * 10_000))
            case 11:
                request.model_spec.version.value = number
            case 12:
                request.model_spec.version_label = chance.choice(("", "stable", "\n"))
            case _:
                tensor.tensor_shape.unknown_rank = True
    if chance.random() < 0.05:
        request.model_spec.name = chance.choice(("", "nope", "a/../b", "\0", "m" * 100_000))


def set_random_field(tensor: TensorProto, chance: random.Random) -> None:
    """Puts values into a typed field, right or wrong; sometimes strings that are no pictures, or half of one."""
    picture = jpeg()
    values: dict[str, list[Any]] = {
        "float_val": [chance.uniform(-1, 1), float("nan"), float("inf"), 1e38],
        "int_val": [0, -1, (1 << 31) - 1],
        "string_val": [b"", b"\xff\xd8\xff", picture[: chance.randrange(len(picture))], mutated(picture, chance),
                       b"BM" + chance.randbytes(60), b"\x89PNG\r\n\x1a\n" + chance.randbytes(40), b"GIF89a"],
        "half_val": [-1, 0, 1 << 20],
        "bool_val": [True, False],
        "int64_val": [-(1 << 63), (1 << 63) - 1],
        "scomplex_val": [1.0],
    }  # fmt: skip
    name = chance.choice(list(values))
    if chance.random() < 0.5:
        tensor.ClearField("tensor_content")
        tensor.ClearField("string_val")
    getattr(tensor, name).extend(chance.choices(values[name], k=chance.choice((1, 2, 5))))


def json_body(body: bytes, chance: random.Random) -> bytes:
    """A small or strange document in place of a valid one, half of the time."""
    deep = chance.choice((10, 63, 64, 65, 2000, 20_000))
    documents = (
        b'{"instances": [1.0, -2.5e3, NaN, {"image": 3}]}',
        b'{"inputs": {"image": [[1, 2], [3, 4]]}}',
        b'{"instances": [{"image": {"b64": "aGk="}}, {"image": {"b64": ""}}]}',
        b'{"signature_name": "serving_default", "context": {"x": 1.5}, "examples": [{"x": [1.5], "y": "\\u00e4"}]}',
        b'{"instances": %s1%s}' % (b"[" * deep, b"]" * deep),
        b'{"n": %s1%s, "inputs": [1]}' % (b'{"a":[' * deep, b"]}" * deep),
        b'{"instances": [%s]}' % b",".join([b"1e99999", b"1" * 400, b"-0", b"1.", b"Inf"][: chance.randint(1, 5)]),
        b'{"inputs": {"image": [[], [[]], {}]}, "inputs": null}',
        b"[" * deep,
    )
    return chance.choice(documents) if chance.random() < 0.5 else body


def http2_garbage(chance: random.Random) -> bytes:
    """Bytes for the gRPC port: none of HTTP/2, or its opening and frames that make no sense."""
    if chance.random() < 0.2:
        return chance.randbytes(chance.randrange(1, 2000))
    data = bytearray(OPENING if chance.random() < 0.9 else mutated(OPENING, chance))
    if chance.random() < 0.8:
        data += frame(4, 0, 0, b"")
    if chance.random() < 0.5:
        data += frame(1, 4, 1, call_headers(chance))
    for _ in range(chance.randrange(8)):
        kind = chance.choice((0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 200))
        stream = chance.choice((0, 1, 1, 1, 2, 3, (1 << 31) - 1))
        data += frame(kind, chance.choice((0, 1, 4, 5, 8, 0x2D, 255)), stream, payload(chance))
    return bytes(data)


def payload(chance: random.Random) -> bytes:
    """Of a frame: random, a message that announces more than comes, or headers."""
    match chance.randrange(3):
        case 0:
            return chance.randbytes(chance.choice((0, 1, 4, 5, 6, 8, 9, 200)))
        case 1:
            size = chance.choice((0, 5, 1 << 20, (1 << 32) - 1))
            return bytes([chance.choice((0, 1, 255))]) + struct.pack(">I", size) + chance.randbytes(20)
        case _:
            return mutated(call_headers(chance), chance)


def call_headers(chance: random.Random) -> bytes:
    fields = {":method": "POST", ":scheme": "http", ":path": SERVICE + chance.choice(("Predict", "Nope", "")),
              ":authority": "a", "te": "trailers", "content-type": chance.choice(("application/grpc", "text/html")),
              "grpc-timeout": chance.choice(("1S", "99999999H", "-1m", "x"))}  # fmt: skip
    return b"".join(
        b"\0" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode()
        for name, value in fields.items()
    )


def frame(kind: int, flags: int, stream: int, content: bytes) -> bytes:
    return struct.pack(">I", len(content))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + content


def broken_http(path: str, body: bytes, chance: random.Random) -> bytes:
    """Bytes for the REST port: wrong lines, headers, lengths and chunks, cut bodies, several requests at once."""
    method = chance.choice(("GET", "POST", "PUT", "OPTIONS", "HEAD", "TRACE", "BREW", "CONNECT", "get", "\0"))
    target = chance.choice(
        (path, path, mutated(path.encode(), chance).decode("latin-1"), "/" * 5000, "*", "/v1/models/%zz")
    )
    version = chance.choice(("HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/9.9", ""))
    lengths = ("", f"Content-Length: {len(body)}\r\n", f"Content-Length: {len(body) + 9}\r\n", "Content-Length: -1\r\n",
               f"Content-Length: {2 << 30}\r\n", "Content-Length: 1\r\nContent-Length: 2\r\n",
               "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
               "Content-Encoding: gzip\r\nContent-Length: 20\r\n", "Expect: 100-continue\r\nContent-Length: 3\r\n",
               "Upgrade: websocket\r\nConnection: Upgrade\r\n", f"X: {'y' * chance.choice((10, 70_000))}\r\n",
               "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AA\r\n")  # fmt: skip
    length = chance.choice(lengths)
    head = f"{method} {target} {version}\r\nHost: a\r\n{length}\r\n".encode("latin-1")
    short = body[:3000]
    if "chunked" in length:
        size = chance.choice((b"%x" % len(short), b"0", b"fffffffffffffffff", b"-1", b"zz", b"5;x=y", b""))
        content = size + b"\r\n" + short + chance.choice((b"\r\n0\r\n\r\n", b"0\r\n", b""))
    else:
        content = short[: chance.randrange(len(short) + 1)]
    request = head + content
    if chance.random() < 0.3:
        request = mutated(request, chance)
    return request * chance.choice((1, 1, 1, 2, 20))


if __name__ == "__main__":
    sys.exit(main())
