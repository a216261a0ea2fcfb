"""TLS against a real gRPC server and a real HTTPS server, with certificates that openssl makes."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import grpc
import pytest

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc.async_client import AsyncGrpcClient
from aoi_modules.client.grpc.client import GrpcClient
from aoi_modules.client.rest.client import HttpClient
from aoi_modules.client.tls import Tls
from aoi_modules.errors import SettingsError, Unreachable
from tests.client.certificates import certify, needs_openssl
from tests.client.model_server import ModelServer

pytestmark = needs_openssl


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certify(tmp_path_factory.mktemp("tls"), "server", "other")


@pytest.fixture
def server(files: Path) -> Iterator[ModelServer]:
    pair = ((files / "server.key").read_bytes(), (files / "server.pem").read_bytes())
    credentials = grpc.ssl_server_credentials(
        [pair], root_certificates=(files / "other.pem").read_bytes(), require_client_auth=True
    )
    with ModelServer(credentials=credentials) as server:
        yield server


def tls(files: Path) -> Tls:
    return Tls(files / "server.pem", client_certificate=files / "other.pem", client_key=files / "other.key")


def test_a_server_and_a_client_that_know_each_other(server: ModelServer, files: Path) -> None:
    with GrpcClient(Endpoint(server.address, "tile", tls=tls(files))) as client:
        assert client.predict_pictures([b"x"]).version == 1


def test_the_name_in_the_certificate_may_be_another_than_the_address(server: ModelServer, files: Path) -> None:
    named = Tls(files / "server.pem", files / "other.pem", files / "other.key", server_name="line")
    with GrpcClient(Endpoint(server.address.replace("127.0.0.1", "localhost"), "tile", tls=named)) as client:
        assert client.status()[0].version == 1


def test_awaited(server: ModelServer, files: Path) -> None:
    async def ask() -> int | None:
        async with AsyncGrpcClient(Endpoint(server.address, "tile", tls=tls(files))) as client:
            return (await client.predict_pictures([b"x"])).version

    assert asyncio.run(ask()) == 1


def test_a_server_that_is_not_trusted_gets_no_picture(server: ModelServer, files: Path) -> None:
    stranger = Tls(files / "other.pem", files / "other.pem", files / "other.key")
    with (
        GrpcClient(Endpoint(server.address, "tile", tls=stranger)) as client,
        pytest.raises(Unreachable, match="no TLS with the model server") as caught,
    ):
        client.predict_pictures([b"x"])
    assert "root_certificates" in caught.value.hint
    assert server.asked == []


def test_a_server_of_another_name_gets_no_picture(server: ModelServer, files: Path) -> None:
    named = server.address.replace("127.0.0.1", "localhost")
    with (
        GrpcClient(Endpoint(named, "tile", retries=0, tls=tls(files))) as client,
        pytest.raises(
            Unreachable, match=r"^no TLS with the model server at localhost.*Hostname Verification Check failed"
        ) as caught,
    ):
        client.predict_pictures([b"x"])
    assert "server_name" in caught.value.hint
    assert server.asked == []


def test_without_tls_where_the_server_wants_it(server: ModelServer) -> None:
    with GrpcClient(Endpoint(server.address, "tile", retries=0)) as client, pytest.raises(Unreachable):
        client.predict_pictures([b"x"])


def test_https_behind_a_proxy(files: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files / "server.pem", files / "server.key")
    with HTTPServer(("127.0.0.1", 0), Status) as proxy, ThreadPoolExecutor(1) as threads:
        proxy.socket = context.wrap_socket(proxy.socket, server_side=True)
        serving = threads.submit(proxy.serve_forever, 0.02)
        url = f"https://127.0.0.1:{proxy.server_address[1]}"
        with HttpClient(Endpoint(url, "tile", tls=Tls(files / "server.pem"))) as client:
            assert client.status()[0].state == "AVAILABLE"
        with HttpClient(Endpoint(url, "tile")) as stranger, pytest.raises(Unreachable, match=r"no TLS .*certificate"):
            stranger.status()
        named = url.replace("127.0.0.1", "localhost")
        with (
            HttpClient(Endpoint(named, "tile", tls=Tls(files / "server.pem"))) as client,
            pytest.raises(Unreachable, match="no TLS"),
        ):
            client.status()
        threading.Thread(target=proxy.shutdown).start()
        serving.result(10)


class Status(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status = b'{"error_code": "OK", "error_message": ""}'
        body = b'{"model_version_status": [{"version": "1", "state": "AVAILABLE", "status": %s}]}' % status
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the name is the base class's)
        pass


def test_files_are_read_when_the_options_are_made(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.pem: expected a PEM file\. Received: No such file"):
        Tls(tmp_path / "none.pem")
    der = tmp_path / "certificate.der"
    der.write_bytes(b"\x30\x82\x01\x02")
    with pytest.raises(SettingsError, match=r"BEGIN \.\.\.-----'\. Received: 4 other bytes"):
        Tls(der)
    with pytest.raises(ValueError, match="expected both or none"):
        Tls(client_key=der)
