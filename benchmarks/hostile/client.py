"""A client that sends anything to the server's two ports and says what came, and whether it may come."""

import json
import socket
from typing import Any

import grpc

from aoi_modules.serving.launchers.embedded import EmbeddedServer
from aoi_modules.wire import tensors
from aoi_modules.wire.messages import PredictResponse
from benchmarks.hostile.messages import SERVICE, Healthy

PATIENCE_SECONDS = 30.0
"""A request that is not answered in this time counts as hung."""
RAW_SECONDS = 0.5
"""How long a connection that was sent garbage is listened to."""
NOT_A_MESSAGE = "Unable to parse the request"
REFUSALS = ("INVALID_ARGUMENT", "NOT_FOUND", "FAILED_PRECONDITION", "UNIMPLEMENTED", "RESOURCE_EXHAUSTED")
"""Codes of gRPC that tell a client what it did wrong."""
NOT_OUR_FAULT = ("501", "503", "504", "505")
"""The only codes of HTTP from 500 on that garbage may get."""
LOST = "lost"
"""The port was opened again while the call was under way."""

Answer = tuple[str, bool]
"""What came, and whether it may come."""
Address = tuple[str, int]


class Client:
    """Holds one channel of gRPC; opens a connection for each request by REST and for each piece of garbage."""

    def __init__(self, server: EmbeddedServer) -> None:
        self._channel = grpc.insecure_channel(server.grpc, options=[("grpc.max_receive_message_length", -1)])
        host, _, port = server.grpc.partition(":")
        self.grpc_address: Address = (host, int(port))
        self.rest_address: Address = (host, int(server.rest.rpartition(":")[2]))

    def call(self, method: str, body: bytes) -> bytes:
        """By gRPC. Raises: grpc.RpcError."""
        call: Any = self._channel.unary_unary(method)
        answer: bytes = call(body, timeout=PATIENCE_SECONDS, wait_for_ready=True)
        return answer

    def post(self, path: str, body: bytes) -> tuple[int, bytes]:
        """By REST; returns status and body. Raises: OSError, ValueError for an answer that is not HTTP."""
        head = f"POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
        with socket.create_connection(self.rest_address, timeout=PATIENCE_SECONDS) as connection:
            connection.sendall(head.encode() + body)
            answer = b"".join(iter(lambda: connection.recv(1 << 16), b""))
        return int(answer[9:12]), answer.partition(b"\r\n\r\n")[2]

    def answers(self, healthy: Healthy) -> list[str]:
        """What healthy requests get, which is always the same: all models, by both protocols."""
        found = []
        for request in healthy.requests:
            answer = self.call(SERVICE + "Predict", request.SerializeToString())
            outputs = PredictResponse.FromString(answer).outputs
            found += [f"{name} {tensors.to_array(outputs[name]).astype(str).tolist()}" for name in sorted(outputs)]
        for path, body in healthy.posts:
            status, text = self.post(path, body)
            found.append(f"{status} {sorted(json.loads(text))}")
        return [text[:2000] for text in found]

    def called(self, method: str, body: bytes) -> Answer:
        """INTERNAL is right for bytes that are no message."""
        try:
            self.call(method, body)
        except grpc.RpcError as caught:
            error: Any = caught
            code: str = error.code().name
            if code in ("CANCELLED", "UNAVAILABLE"):
                return LOST, True
            if code == "INTERNAL" and NOT_A_MESSAGE in error.details():
                return f"{code} (no message)", True
            return (code, True) if code in REFUSALS else (f"{code} {error.details()[:200]}", False)
        return "OK", True

    def posted(self, path: str, body: bytes) -> Answer:
        status, text = self.post(path, body)
        fine = status in (200, 400, 501) and (status == 200 or list(json.loads(text)) == ["error"])
        return str(status) if fine else f"{status} {text[:200]!r}", fine

    def sent(self, address: Address, data: bytes, cut: int) -> Answer:
        """Sends bytes in two parts, `cut` of them first, and reads what comes at once."""
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
            return status, not status.startswith("5") or status in NOT_OUR_FAULT
        return "HTTP/2 frames", True
