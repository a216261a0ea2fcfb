import pytest

from aoi_modules.client.grpc.addresses import is_address, is_followed, may_be_several


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1:1", "[::1]:8500", "unix:/run/tile.sock", "unix:tile.sock", "unix-abstract:tile", "ipv4:127.0.0.1:8500"],
)
def test_addresses_of_one_server(address: str) -> None:
    assert is_address(address)
    assert not may_be_several(address)


@pytest.mark.parametrize(
    "address",
    [
        "h:8500", "line-3.plant:65535", "dns:h:8500", "dns:///models.line.svc:8500", "dns://10.0.0.2/models:8500",
        "dns://10.0.0.2:53/models:8500", "ipv4:127.0.0.1:8500,127.0.0.2:8500", "ipv6:[::1]:8500,[::2]:8500",
    ],
)  # fmt: skip
def test_addresses_behind_which_there_may_be_several(address: str) -> None:
    assert is_address(address)
    assert may_be_several(address)


@pytest.mark.parametrize(
    "address",
    [
        "", ":8500", "127.0.0.1", "127.0.0.1:0", "h:65536", "h:grpc", "h:8500:1", "::1:8500", "[]:8500", "[h]:8500",
        "http://127.0.0.1:8500", "h:8500/", "h :8500", "h,i:8500", "unix:", "h:٣", "dns:///", "dns:///h", "dns://h:8500",
        "dns:///h:0", "dns:////h:8500", "dns:8500", "dns://a b/h:8500", "ipv4:h:8500", "ipv4:127.0.0.1",
        "ipv4:127.0.0.1:8500,", "ipv4:[::1]:8500", "ipv6:::1:8500", "ipv6:127.0.0.1:8500", "xds:///h:8500",
    ],
)  # fmt: skip
def test_what_is_no_address(address: str) -> None:
    assert not is_address(address)


def test_whose_servers_come_and_go() -> None:
    for address in ("dns:///models:8500", "ipv4:127.0.0.1:8500,127.0.0.2:8500"):
        assert is_followed(address)
    for address in ("models:8500", "localhost:8500", "127.0.0.1:8500", "ipv4:127.0.0.1:8500", "unix:tile.sock"):
        assert not is_followed(address)
