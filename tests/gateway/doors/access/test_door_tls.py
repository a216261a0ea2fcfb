"""Both doors speak TLS, and machines show who they are by key or certificate."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.gateway import GatewayClient
from aoi_modules.client.grpc import calls
from aoi_modules.client.grpc.client import GrpcClient
from aoi_modules.client.grpc.connection import Connection
from aoi_modules.client.retries import Attempts
from aoi_modules.client.tls import Tls
from aoi_modules.errors import AoiError, EntranceError, RpcError
from aoi_modules.gateway.doors.access.door_tls import DoorTls, door_tls
from aoi_modules.gateway.launcher import RunningGateway
from tests.client.certificates import certify, needs_openssl
from tests.client.model_server import ModelServer
from tests.gateway.conftest import picture_bytes
from tests.gateway.doors.access.people import PASSWORD, SECONDS, Browser, PeopleGateway

pytestmark = needs_openssl


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certify(tmp_path_factory.mktemp("certificates"), "server", "camera", "stranger")


@pytest.fixture(scope="module")
def by_key(tmp_path_factory: pytest.TempPathFactory, certificates: Path) -> Iterator[PeopleGateway]:
    tls = ["--tls_cert", str(certificates / "server.pem"), "--tls_key", str(certificates / "server.key")]
    folder = tmp_path_factory.mktemp("people")
    with ModelServer() as server, PeopleGateway(folder, server.address, by_grpc=True, arguments=tls) as gateway:
        yield gateway


@pytest.fixture(scope="module")
def by_certificate(
    by_key: PeopleGateway, tmp_path_factory: pytest.TempPathFactory, certificates: Path
) -> Iterator[PeopleGateway]:
    tls = ["--tls_cert", str(certificates / "server.pem"), "--tls_key", str(certificates / "server.key"),
           "--tls_client_ca", str(certificates / "camera.pem")]  # fmt: skip
    folder = tmp_path_factory.mktemp("beside")
    with (
        ModelServer() as server,
        PeopleGateway(folder, server.address, by_key, by_grpc=True, arguments=tls) as gateway,
    ):
        yield gateway


def posted(gateway: PeopleGateway, certificates: Path, shown: str | None = None, key: str | None = None) -> int:
    cert = None if shown is None else (str(certificates / f"{shown}.pem"), str(certificates / f"{shown}.key"))
    answer = requests.post(
        f"{gateway.url}/v1/inspect/tile",
        data=picture_bytes(),
        headers={} if key is None else {"Authorization": f"Bearer {key}"},
        verify=str(certificates / "server.pem"),
        cert=cert,
        timeout=SECONDS,
    )
    return answer.status_code


def asked(gateway: PeopleGateway, tls: Tls | None, key: str | None = None) -> str:
    """The code of gRPC's answer about the model's versions."""
    endpoint = Endpoint(gateway.gateway.grpc, "tile", tls=tls)
    connection = Connection(endpoint.address, tls)
    metadata = () if key is None else (("authorization", f"Bearer {key}"),)
    try:
        connection.call(calls.STATUS, calls.status_request(endpoint), Attempts(3.0, 0), metadata)
    except RpcError as error:
        return error.code
    finally:
        connection.close()
    return "OK"


def test_http_takes_tls_and_a_key(by_key: PeopleGateway, certificates: Path) -> None:
    assert posted(by_key, certificates, key=by_key.key) == 200
    assert posted(by_key, certificates) == 401
    assert posted(by_key, certificates, "camera") == 401, "nobody asked for a certificate"
    with pytest.raises(requests.ConnectionError):
        requests.get(by_key.url.replace("https", "http") + "/healthz", timeout=SECONDS)


def test_browsers_keep_the_cookie_for_tls_alone(by_key: PeopleGateway, certificates: Path) -> None:
    browser = Browser(by_key.url)
    trust, form = str(certificates / "server.pem"), {"name": "viewer", "password": PASSWORD}
    given = browser.ask("POST", "/login", data=form, verify=trust).headers["Set-Cookie"]
    assert given.startswith("__Host-aoi-session=")
    assert "Secure" in given
    assert browser.ask("GET", "/v1/limits", verify=trust).status_code == 200


def test_grpc_takes_tls_and_a_key(by_key: PeopleGateway, certificates: Path) -> None:
    tls = Tls(certificates / "server.pem")
    assert asked(by_key, tls, by_key.key) == "OK"
    assert asked(by_key, tls) == "UNAUTHENTICATED"
    assert asked(by_key, tls, "aoi_wrong") == "UNAUTHENTICATED"
    assert asked(by_key, None, by_key.key) == "UNAVAILABLE"


def test_a_certificate_of_the_authority_makes_a_machine(by_certificate: PeopleGateway, certificates: Path) -> None:
    assert posted(by_certificate, certificates, "camera") == 200
    assert posted(by_certificate, certificates, key=by_certificate.key) == 200
    assert posted(by_certificate, certificates) == 401
    with pytest.raises((requests.ConnectionError, requests.exceptions.SSLError)):
        posted(by_certificate, certificates, "stranger")
    shown = (certificates / "camera.pem", certificates / "camera.key")
    assert asked(by_certificate, Tls(certificates / "server.pem", *shown)) == "OK"
    assert asked(by_certificate, Tls(certificates / "server.pem")) == "UNAVAILABLE"


def test_files_that_are_none_are_a_sentence(certificates: Path, tmp_path: Path) -> None:
    with pytest.raises(EntranceError, match=r"none\.pem.*No such file"):
        DoorTls(tmp_path / "none.pem", certificates / "server.key").context()
    with pytest.raises(EntranceError, match="expected PEM files"):
        DoorTls(certificates / "server.pem", certificates / "camera.key").context()
    assert door_tls(None, None, None) is None
    with pytest.raises(EntranceError, match="expected both"):
        door_tls(None, None, certificates / "camera.pem")


def test_our_clients_send_the_key_by_both_doors(by_key: PeopleGateway, certificates: Path) -> None:
    tls = Tls(certificates / "server.pem")
    picture = picture_bytes()
    with GatewayClient(Endpoint(by_key.url, "tile", tls=tls, key=by_key.key)) as client:
        assert client.inspect(picture).model.name == "tile"
    with GrpcClient(Endpoint(by_key.gateway.grpc, "tile", tls=tls, key=by_key.key)) as asking:
        assert asking.status()
    refused = pytest.raises(RpcError, match="nobody is signed in")
    with GatewayClient(Endpoint(by_key.url, "tile", tls=tls)) as client, refused as caught:
        client.inspect(picture)
    assert caught.value.code == "UNAUTHENTICATED"
    assert "key" in caught.value.hint


def test_a_route_speaks_tls_to_its_model_server(tmp_path: Path, certificates: Path) -> None:
    credentials = DoorTls(certificates / "server.pem", certificates / "server.key").grpc_credentials()
    with ModelServer(credentials=credentials) as server:
        for said, status in ((f"tls: {{root_certificates: {certificates / 'server.pem'}}}, ", 200), ("", 503)):
            routes = tmp_path / "routes.yaml"
            routes.write_text(f"components: {{tile: {{{said}model: tile, upstream: '{server.address}'}}}}\n")
            with RunningGateway(routes) as gateway:
                url = f"{gateway.url}/v1/inspect/tile"
                assert requests.post(url, data=picture_bytes(), timeout=SECONDS).status_code == status


def test_a_restart_without_database_knows_the_key_and_says_how_old_that_is(tmp_path: Path) -> None:
    with ModelServer() as server:
        with PeopleGateway(tmp_path, server.address) as gateway:
            assert gateway.inspect(picture_bytes(), gateway.key).status_code == 200
        for path in tmp_path.glob("results/results.sqlite*"):
            path.rename(path.with_name(f"away-{path.name}"))
        (tmp_path / "results" / "results.sqlite").mkdir()
        with PeopleGateway(tmp_path, server.address, gateway) as restarted:
            assert restarted.inspect(picture_bytes(), gateway.key).status_code == 200
            assert restarted.inspect(picture_bytes()).status_code == 401
            assert "people from the copy" in restarted.gateway.process.log_tail()
        (tmp_path / "results" / "people.json").unlink()
        with pytest.raises(AoiError, match="has no copy of users and keys"):
            PeopleGateway(tmp_path, server.address, gateway)
