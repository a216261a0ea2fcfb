"""A version is asked for at the servers of a name, until one has it."""

import asyncio

import pytest

from aoi_modules.client.grpc import turns
from aoi_modules.client.grpc.turns import TURNS, by_turns
from aoi_modules.errors import RpcError

SEVERAL = "dns:///models:8500"


class Servers:
    """Answers of those behind a name, one after the other; the last one says the same again."""

    def __init__(self, *codes: str) -> None:
        self.codes = codes
        self.asked = 0

    async def ask(self) -> str:
        code = self.codes[min(self.asked, len(self.codes) - 1)]
        self.asked += 1
        if code != "OK":
            raise RpcError(code, "no")
        return "manifest"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PAUSE_SECONDS", 0.0)


def test_the_first_that_has_it_answers() -> None:
    servers = Servers("NOT_FOUND", "NOT_FOUND", "OK", "NOT_FOUND")
    assert asyncio.run(by_turns(SEVERAL, servers.ask)) == "manifest"
    assert servers.asked == 3


def test_where_none_has_it_the_refusal_is_told_in_the_end() -> None:
    servers = Servers("NOT_FOUND")
    with pytest.raises(RpcError, match="no"):
        asyncio.run(by_turns(SEVERAL, servers.ask))
    assert servers.asked == TURNS


@pytest.mark.parametrize(("address", "code"), [(SEVERAL, "INVALID_ARGUMENT"), ("127.0.0.1:8500", "NOT_FOUND")])
def test_another_refusal_and_that_of_a_single_server_are_told_at_once(address: str, code: str) -> None:
    servers = Servers(code, "OK")
    with pytest.raises(RpcError):
        asyncio.run(by_turns(address, servers.ask))
    assert servers.asked == 1
