"""How commands are told to make the connection, against a real server that wants to know who asks."""

from pathlib import Path

import grpc
import pytest
from click.testing import CliRunner, Result

from aoi_modules.cli import aoi
from aoi_modules.commands.asking.predict import command
from aoi_modules.errors import Unreachable
from tests.client.certificates import certify, needs_openssl
from tests.client.model_server import ModelServer
from tests.gateway.conftest import picture_bytes


def predict(folder: Path, address: str, *options: str) -> Result:
    (folder / "part.png").write_bytes(picture_bytes())
    arguments = ["--grpc", address, "--model", "tile", *options, "--json", str(folder / "part.png")]
    return CliRunner().invoke(command, arguments)


@needs_openssl
def test_certificates_of_both_sides_and_another_name(tmp_path: Path) -> None:
    certify(tmp_path, "server", "client")
    credentials = grpc.ssl_server_credentials(
        [((tmp_path / "server.key").read_bytes(), (tmp_path / "server.pem").read_bytes())],
        root_certificates=(tmp_path / "client.pem").read_bytes(),
        require_client_auth=True,
    )
    trust = ("--root-certificates", str(tmp_path / "server.pem"))
    shown = ("--client-certificate", str(tmp_path / "client.pem"), "--client-key", str(tmp_path / "client.key"))
    with ModelServer(credentials=credentials) as server:
        address = server.address.replace("127.0.0.1", "localhost")
        answered = predict(tmp_path, address, *trust, *shown, "--server-name", "line")
        assert answered.exit_code == 0, answered.output
        for too_little in ((*trust, *shown), (*trust, "--server-name", "line"), (*shown, "--server-name", "line"), ()):
            assert predict(tmp_path, address, "--timeout", "2", *too_little).exit_code == 1


@pytest.mark.parametrize("option", ["--client-certificate", "--client-key"])
def test_a_certificate_goes_with_its_key(tmp_path: Path, option: str) -> None:
    refused = predict(tmp_path, "127.0.0.1:1", option, "one.pem")
    assert refused.exit_code == 2
    assert "expected both --client-certificate and --client-key, or none" in refused.output


@needs_openssl
def test_a_server_that_is_not_trusted_is_told_in_flags(tmp_path: Path) -> None:
    certify(tmp_path, "server", "other")
    pair = ((tmp_path / "server.key").read_bytes(), (tmp_path / "server.pem").read_bytes())
    (tmp_path / "part.png").write_bytes(picture_bytes())
    with ModelServer(credentials=grpc.ssl_server_credentials([pair])) as server:
        arguments = ["predict", "--grpc", server.address, "--model", "tile", str(tmp_path / "part.png")]
        refused = CliRunner().invoke(aoi, [*arguments, "--root-certificates", str(tmp_path / "other.pem")])
    assert isinstance(refused.exception, Unreachable)
    assert refused.exception.hint.startswith(
        "--root-certificates names who signed its certificate, --server-name whose"
    )
