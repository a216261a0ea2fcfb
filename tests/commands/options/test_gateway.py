"""Options by which a gateway is asked: one endpoint comes of them."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.commands.options.gateway import gateway_options


def asked(default: str | None, *arguments: str) -> Endpoint | str:
    """The endpoint that a command gets, or what it says where it gets none."""
    found: list[Endpoint] = []

    @click.command()
    @gateway_options(default)
    def command(gateway: Endpoint) -> None:
        found.append(gateway)

    run = CliRunner().invoke(command, arguments)
    return found[0] if found else run.output


def test_what_is_said_becomes_an_endpoint(tmp_path: Path) -> None:
    (tmp_path / "camera.key").write_text("aoi_key\n")
    trust = tmp_path / "authority.pem"
    trust.write_text("-----BEGIN CERTIFICATE-----")
    endpoint = asked(
        None, "--gateway", "https://gateway/", "--timeout", "3", "--key-file", str(tmp_path / "camera.key"),
        "--root-certificates", str(trust),
    )  # fmt: skip
    assert isinstance(endpoint, Endpoint)
    assert (endpoint.address, endpoint.timeout, endpoint.key) == ("https://gateway", 3.0, "aoi_key")
    assert endpoint.tls is not None


@pytest.mark.parametrize(("default", "address"), [("http://127.0.0.1:8080", "http://127.0.0.1:8080"), (None, None)])
def test_who_is_asked_may_have_a_default(default: str | None, address: str | None) -> None:
    found = asked(default)
    if address is None:
        assert "Missing option '--gateway'" in str(found)
    else:
        assert isinstance(found, Endpoint)
        assert (found.address, found.tls) == (address, None)
