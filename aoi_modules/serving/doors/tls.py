"""The certificate of the gRPC port: `--ssl_config_file`, whose PEM texts stand in the file itself."""

from pathlib import Path

import grpc

from aoi_modules.errors import SettingsError
from aoi_modules.serving import text_config
from aoi_modules.wire.messages import SSLConfig

_EXAMPLE = 'expected: server_key: "PEM text" server_cert: "PEM text" custom_ca: "PEM text" client_verify: false'


def credentials(path: Path) -> grpc.ServerCredentials:
    """Reads an SSL config file.

    Raises:
        SettingsError: the file is missing, is none, or lacks a text that it needs.
    """
    config = text_config.read(path, SSLConfig, "--ssl_config_file", _EXAMPLE, secret=True)  # it holds a key
    _check_pem(config.server_key, "server_key", "PRIVATE KEY-----", path)
    _check_pem(config.server_cert, "server_cert", "-----BEGIN CERTIFICATE-----", path)
    if config.custom_ca or config.client_verify:
        _check_pem(config.custom_ca, "custom_ca", "-----BEGIN CERTIFICATE-----", path)
    return grpc.ssl_server_credentials(
        [(config.server_key.encode(), config.server_cert.encode())],
        root_certificates=config.custom_ca.encode() or None,
        require_client_auth=config.client_verify,
    )


def _check_pem(text: str, name: str, mark: str, path: Path) -> None:
    if mark not in text:
        raise SettingsError(
            f"--ssl_config_file: {path}: {name}: expected the PEM text itself, with {mark!r} in it. "
            f"Received: {len(text)} characters without it",
            hint=_EXAMPLE,
        )
