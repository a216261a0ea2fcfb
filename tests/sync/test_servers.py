"""What servers have loaded is what they say."""

from aoi_modules.sync.servers import Servers
from tests.client.model_server import ModelServer


def test_a_version_is_loaded_where_all_say_so() -> None:
    with ModelServer() as one, ModelServer() as other:
        servers = Servers([one.address, other.address])
        one.states = {3: "AVAILABLE", 4: "AVAILABLE"}
        other.states = {3: "AVAILABLE", 4: "LOADING", 2: "END"}
        loaded = servers.loaded("tile")
        assert [loaded.everywhere(version) for version in (2, 3, 4)] == [False, True, False]
        assert [loaded.nowhere(version) for version in (1, 2, 3, 4)] == [True, True, False, False]
        assert loaded.failures_of([3, 4]) == []
        (broken,) = loaded.failures_of([2])
        assert broken.endswith("version 2: broken")


def test_a_model_that_a_server_does_not_know_is_nowhere() -> None:
    with ModelServer() as server:
        loaded = Servers([server.address]).loaded("house")
        assert loaded.nowhere(1)
        assert not loaded.everywhere(1)


def test_a_server_that_does_not_answer_says_nothing(free_port: int) -> None:
    with ModelServer() as server:
        loaded = Servers([server.address, f"127.0.0.1:{free_port}"]).loaded("tile")
        assert not loaded.everywhere(1)
        assert not loaded.nowhere(7)
        assert len(loaded.failures_of([])) == 1
    assert not Servers([])
    assert Servers(["127.0.0.1:1"])
