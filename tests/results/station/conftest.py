"""One gateway that is checked, for all tests of this folder that need one."""

from collections.abc import Iterator

import pytest

from tests.results.station.checked_gateway import CheckedGateway, checked_gateway, see


@pytest.fixture(scope="package")
def running_gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CheckedGateway]:
    with checked_gateway(tmp_path_factory.mktemp("checked")) as gateway:
        yield gateway


@pytest.fixture
def checked(running_gateway: CheckedGateway) -> CheckedGateway:
    """The gateway, whose model server sees as it should."""
    see(running_gateway.server)
    return running_gateway
