"""The gateway's own HTTP door, as checks of the station use it: golden pictures go the way of all others."""

from dataclasses import replace
from typing import TypeVar

import msgspec

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.gateway import GatewayClient, refusal
from aoi_modules.client.rest.calls import HttpCalls
from aoi_modules.closing import Closing
from aoi_modules.errors import WireError
from aoi_modules.judging.inspection import Inspection
from aoi_modules.results.station.check import Check
from aoi_modules.results.station.recording import Ran
from aoi_modules.results.station.standing import Station
from aoi_modules.results.station.state import Unlocking

Answer = TypeVar("Answer", bound=msgspec.Struct)


class Door(Closing):
    """One gateway; a context manager that ends its connections.

    Args:
        gateway: its address, key and trust; which component is asked about, each call says.
    """

    def __init__(self, gateway: Endpoint) -> None:
        self._gateway = gateway
        self._clients: dict[str, GatewayClient] = {}
        hint = "is it running? aoi gateway starts one"
        self._calls = HttpCalls(gateway.address, gateway.tls, server="gateway", hint=hint)

    def inspect(self, component: str, picture: bytes) -> Inspection:
        """Asks for the verdict of a golden part in an encoded picture.

        Raises:
            RpcError: there is none.
            WireError: what answers is no gateway that knows golden pictures, so the picture may count as a part.
        """
        if component not in self._clients:
            self._clients[component] = GatewayClient(replace(self._gateway, model=component))
        inspection = self._clients[component].inspect(picture, purpose="check")
        if not inspection.check:
            raise WireError(
                f"{self._gateway.address} took a golden picture for a part of the line, as inspection {inspection.id}: "
                "it is of a release without checks"
            )
        return inspection

    def station(self) -> Station:
        """Asks how each component stands; see `_ask` for errors."""
        return self._ask("GET", "/v1/station", Station)

    def record(self, ran: Ran) -> Check:
        """Has a check recorded, and gives its verdict; see `_ask` for errors."""
        return self._ask("POST", "/v1/station/checks", Check, msgspec.json.encode(ran))

    def unlock(self, component: str, who: str | None, why: str) -> Unlocking:
        """Unlocks a component; see `_ask` for errors."""
        body = msgspec.json.encode({"component": component, "why": why, **({} if who is None else {"who": who})})
        return self._ask("POST", "/v1/station/unlock", Unlocking, body)

    def close(self) -> None:
        """Ends the connections."""
        for client in self._clients.values():
            client.close()
        self._calls.close()

    def _ask(self, method: str, path: str, kind: type[Answer], body: bytes | None = None) -> Answer:
        """The answer of a path, as a struct.

        Raises:
            Unreachable, TooSlow: there is none.
            AoiError: the gateway's own words, where it refuses.
            WireError: what answers is no gateway.
        """
        url, headers = f"{self._gateway.address}{path}", self._gateway.authorization()
        status, content = self._calls.call(method, url, self._gateway.attempts(), body, headers=headers)
        if status != 200:
            raise refusal(content, status)
        try:
            return msgspec.json.decode(content, type=kind)
        except msgspec.DecodeError as error:
            raise WireError(f"{self._gateway.address}: expected the answer of a gateway: {error}") from None
