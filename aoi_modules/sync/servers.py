"""What the model servers have loaded of what stands in their folder."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc import calls
from aoi_modules.client.grpc.connection import Connection
from aoi_modules.errors import RpcError
from aoi_modules.object_store.parallel import side_by_side

SECONDS = 3.0
"""How long a server may take to answer."""
_GONE = ("END",)


@dataclass(frozen=True)
class Loaded:
    """The versions of one model on all servers.

    Args:
        states: of each server, states by version; None of one that does not answer.
        failures: why versions could not be loaded, or servers not be asked, in their words.
    """

    states: Sequence[Mapping[int, str] | None]
    failures: Sequence[tuple[int | None, str]] = ()

    def everywhere(self, version: int) -> bool:
        """Whether all servers answer by this version."""
        return all(states is not None and states.get(version) == "AVAILABLE" for states in self.states)

    def failures_of(self, versions: Container[int]) -> list[str]:
        """Why some of these versions could not be loaded, or a server not be asked."""
        return [words for version, words in self.failures if version is None or version in versions]

    def nowhere(self, version: int) -> bool:
        """Whether no server has it, and all of them said so."""
        return all(states is not None and states.get(version, "END") in _GONE for states in self.states)


class Servers:
    """Model servers by gRPC, each with a connection that is kept from round to round.

    On a busy machine opening one may take longer than a server has to answer. It is then open for the next question;
    a new one for each would never be.

    Args:
        addresses: as `Endpoint` takes them.
    """

    def __init__(self, addresses: Sequence[str]) -> None:
        self._addresses = tuple(addresses)
        self._connections: dict[str, Connection] = {}

    def __bool__(self) -> bool:
        return bool(self._addresses)

    def loaded(self, model: str) -> Loaded:
        """Asks all servers about a model."""
        endpoints = [Endpoint(address, model, timeout=SECONDS, retries=0) for address in self._addresses]
        for endpoint in endpoints:
            if endpoint.address not in self._connections:
                self._connections[endpoint.address] = Connection(endpoint.address, endpoint.tls)
        answers = side_by_side(self._answer, endpoints)
        failures = tuple(said for _, one in answers for said in one)
        return Loaded([states for states, _ in answers], failures)

    def close(self) -> None:
        """Ends the connections."""
        for connection in self._connections.values():
            connection.close()
        self._connections.clear()

    def _answer(self, endpoint: Endpoint) -> tuple[dict[int, str] | None, list[tuple[int | None, str]]]:
        """States by version, and what went wrong with which."""
        connection = self._connections[endpoint.address]
        metadata = tuple(endpoint.authorization().items())
        try:
            said = connection.call(calls.STATUS, calls.status_request(endpoint), endpoint.attempts(), metadata)
        except RpcError as error:
            return ({}, []) if error.code == "NOT_FOUND" else (None, [(None, error.message)])
        statuses = calls.version_statuses(said)
        failed = [one for one in statuses if one.code != "OK"]
        return (
            {one.version: one.state for one in statuses},
            [(one.version, f"{endpoint}: version {one.version}: {one.message}") for one in failed],
        )
