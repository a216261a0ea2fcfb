import click
import pytest

from aoi_modules.commands.options.addresses import GrpcAddress, HttpAddress


@pytest.mark.parametrize(
    "address", ["127.0.0.1:1", "line-3.plant:65535", "[::1]:8500", "dns:///models.line.svc:8500", "unix:/run/tile.sock"]
)
def test_addresses_of_grpc(address: str) -> None:
    assert GrpcAddress().convert(address, None, None) == address


@pytest.mark.parametrize(
    "address",
    [
        "", ":8500", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:99999", "h:grpc", "h:-1",
        "h:8500:1", "::1:8500", "[::1]", "[h]:8500", "http://127.0.0.1:8500", "h:8500/", "h :8500", " h:8500", "unix:",
        "h:٣",
    ],
)  # fmt: skip
def test_what_is_no_address_of_grpc(address: str) -> None:
    with pytest.raises(click.BadParameter, match=r"expected HOST:PORT.*Received: '"):
        GrpcAddress().convert(address, None, None)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8501", "https://[::1]:8501/", "HTTP://h:1", "https://plant/line/3"])
def test_addresses_of_rest(url: str) -> None:
    assert HttpAddress().convert(url, None, None) == url


@pytest.mark.parametrize(
    "url",
    [
        "", "127.0.0.1:8501", "h:8501", "//h:8501", "grpc://h:8501", "http://", "http://:8501", "http://h:0",
        "http://h:65536", "http://h:rest", "http://[::1:8501", "http://h:8501?x", "http://h:8501#x", "http://h h:8501",
    ],
)  # fmt: skip
def test_what_is_no_address_of_rest(url: str) -> None:
    with pytest.raises(click.BadParameter, match=r"expected http://HOST:PORT.*Received: '"):
        HttpAddress().convert(url, None, None)
