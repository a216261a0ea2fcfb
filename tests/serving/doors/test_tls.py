"""TLS on the gRPC port, with certificates made on the spot."""

import shutil
import subprocess
from pathlib import Path

import grpc
import numpy as np
import pytest
from google.protobuf import text_format

from aoi_modules.errors import SettingsError
from aoi_modules.serving.doors import tls
from aoi_modules.serving.launchers.embedded import EmbeddedServer
from aoi_modules.wire.messages import SSLConfig
from tests.serving.calls import predict, predict_request

X = np.array([2.0], np.float32)
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="certificates are made by openssl")


def certificate(folder: Path, name: str) -> tuple[str, str]:
    """Key and certificate, which is its own authority."""
    key, cert = folder / f"{name}.key", folder / f"{name}.crt"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "2",
         "-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    return key.read_text(), cert.read_text()


def written(folder: Path, config: SSLConfig) -> Path:
    path = folder / "ssl.config"
    path.write_text(text_format.MessageToString(config))
    return path


@needs_openssl
def test_requests_over_tls(models: Path, tmp_path: Path) -> None:
    key, cert = certificate(tmp_path, "server")
    file = written(tmp_path, SSLConfig(server_key=key, server_cert=cert))
    flags = [f"--ssl_config_file={file}", f"--grpc_socket_path={tmp_path / 's'}"]
    with EmbeddedServer({"half": models / "half"}, flags=flags) as server:
        trusted = grpc.ssl_channel_credentials(cert.encode())
        named = [("grpc.ssl_target_name_override", "127.0.0.1")]
        with grpc.secure_channel(f"unix:{tmp_path / 's'}", trusted, named) as channel:
            assert predict(channel, predict_request("half", x=X)).outputs["y"].float_val == [3.0]
        with grpc.secure_channel(server.grpc, trusted) as channel:
            assert predict(channel, predict_request("half", x=X)).outputs["y"].float_val == [3.0]
        with grpc.insecure_channel(server.grpc) as channel, pytest.raises(grpc.RpcError):
            predict(channel, predict_request("half", x=X), timeout=5)


@needs_openssl
def test_clients_may_have_to_show_a_certificate(models: Path, tmp_path: Path) -> None:
    key, cert = certificate(tmp_path, "server")
    client_key, client_cert = certificate(tmp_path, "client")
    config = SSLConfig(server_key=key, server_cert=cert, custom_ca=client_cert, client_verify=True)
    flags = [f"--ssl_config_file={written(tmp_path, config)}"]
    with EmbeddedServer({"half": models / "half"}, flags=flags) as server:
        shown = grpc.ssl_channel_credentials(cert.encode(), client_key.encode(), client_cert.encode())
        with grpc.secure_channel(server.grpc, shown) as channel:
            assert predict(channel, predict_request("half", x=X)).outputs["y"].float_val == [3.0]
        none = grpc.ssl_channel_credentials(cert.encode())
        with grpc.secure_channel(server.grpc, none) as channel, pytest.raises(grpc.RpcError):
            predict(channel, predict_request("half", x=X), timeout=5)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("certificate: 3", "not a tensorflow.serving.SSLConfig at line 1"),
        ("", "server_key: expected the PEM text itself"),
        ('server_key: "/etc/key.pem"', "server_key: expected the PEM text itself"),
        ('server_key: "-----BEGIN PRIVATE KEY-----"', "server_cert: expected the PEM text itself"),
    ],
)
def test_what_is_refused(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "ssl.config"
    file.write_text(text)
    with pytest.raises(SettingsError) as caught:
        tls.credentials(file)
    assert message in caught.value.message
    assert "BEGIN PRIVATE" not in caught.value.message


def test_client_verification_needs_an_authority(tmp_path: Path) -> None:
    pem = SSLConfig(
        server_key="-----BEGIN PRIVATE KEY-----", server_cert="-----BEGIN CERTIFICATE-----", client_verify=True
    )
    with pytest.raises(SettingsError, match="custom_ca: expected the PEM text itself"):
        tls.credentials(written(tmp_path, pem))
