import socket

import pytest

from aoi_modules.serving.doors.ports import cannot_listen, family_of, wanted_port
from aoi_modules.serving.flags import ANY_PORT


def test_any_port_is_the_systems_to_choose() -> None:
    assert (wanted_port(ANY_PORT), wanted_port(8501)) == (0, 8501)


@pytest.mark.parametrize(
    ("host", "family"),
    [("", socket.AF_INET), ("127.0.0.1", socket.AF_INET), ("localhost", socket.AF_INET), ("::1", socket.AF_INET6)],
)
def test_the_ip_version_of_a_host(host: str, family: socket.AddressFamily) -> None:
    assert family_of(host) == family


def test_a_port_that_cannot_be_had_is_named_as_the_user_named_it() -> None:
    error = cannot_listen("--port", 8500, "127.0.0.1", "Address already in use")
    assert error.message == "--port: cannot listen on port 8500 of 127.0.0.1: Address already in use"
    assert "--port=any" in error.hint
    error = cannot_listen("--port", ANY_PORT, "", "Permission denied")
    assert error.message == "--port: cannot listen on port any of all interfaces: Permission denied"


def test_a_host_of_another_machine_is_to_blame_itself() -> None:
    error = cannot_listen("--rest_api_port", 8501, "192.0.2.1", "Cannot assign requested address")
    assert error.message.startswith("--host: cannot listen on any port of 192.0.2.1: ")
    assert "another port" not in error.hint
