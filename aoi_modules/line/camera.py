"""A camera of the line: it sends test pictures to a gateway at a steady rate, and knows what is true about each."""

import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.gateway import GatewayClient
from aoi_modules.closing import Closing
from aoi_modules.errors import RpcError
from aoi_modules.judging.inspection import Inspection
from aoi_modules.line.faults.kinds import Fault, Shares, by_chance
from aoi_modules.line.faults.pictures import spoiled
from aoi_modules.line.pictures import Deck, KnownPicture
from aoi_modules.line.tally import Tally

TIMEOUT_SECONDS = 10.0
PAUSE_SECONDS = 1.0
"""After a picture without an answer."""
_NO_PICTURE = "INVALID_ARGUMENT"


@dataclass(frozen=True)
class Taken:
    """A picture that was inspected.

    Args:
        camera: that took it.
        unit: of the part.
        picture: as it is in truth.
        fault: that it was given; None for most.
        inspection: what the gateway said.
    """

    camera: str
    unit: str
    picture: KnownPicture
    fault: Fault | None
    inspection: Inspection


@dataclass(frozen=True)
class Plan:
    """What cameras send.

    Args:
        rate: pictures a second of each.
        defects: share of parts with a defect, in [0, 1].
        faults: share of pictures with each fault.
    """

    rate: float
    defects: float
    faults: Shares


class Camera(Closing):
    """Sends pictures from a thread of its own until it is closed; the one that is under way gets its answer.

    Args:
        name: of the camera, as the gateway's records name the station.
        url: of its gateway.
        decks: pictures to choose from, which may grow; by turns of components.
        plan: what to send.
        tally: counts what comes of it.
        seen: is told of each picture that was inspected, from the camera's thread.
        trouble: is told why a picture got no answer, from the camera's thread.
    """

    def __init__(
        self,
        name: str,
        url: str,
        decks: Sequence[Deck],
        plan: Plan,
        tally: Tally,
        seen: Callable[[Taken], None],
        trouble: Callable[[str], None],
    ) -> None:
        self.name, self._url, self._decks, self._plan, self._tally = name, url, decks, plan, tally
        self._seen, self._trouble = seen, trouble
        self._chance = random.Random()
        # Short, and of no other start, be it in the same second.
        self._start = f"{name[-1]}-{np.base_repr(self._chance.getrandbits(36), 36)}"
        self._clients: dict[str, GatewayClient] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Takes no further picture, and waits for the answer about the last one."""
        self._over.set()
        self._thread.join(TIMEOUT_SECONDS + PAUSE_SECONDS)
        for client in self._clients.values():
            client.close()

    def _run(self) -> None:
        due, number = time.monotonic(), 0
        while not self._over.wait(max(due - time.monotonic(), 0)):
            number += 1
            deck = self._decks[number % len(self._decks)]
            answered = self._send(f"{self._start}-{number}", deck)
            # A gateway that was late is not flooded with what was missed.
            due = max(due + 1 / self._plan.rate, time.monotonic() - 1 / self._plan.rate)
            if not answered:
                due = time.monotonic() + PAUSE_SECONDS

    def _send(self, unit: str, deck: Deck) -> bool:
        """Has one picture inspected; whether there was an answer."""
        picture = deck.draw(self._chance, self._plan.defects)
        fault = by_chance(self._plan.faults, self._chance)
        content = picture.content if fault is None else spoiled(picture.content, fault)
        truth = f"known: {picture.truth}" + ("" if fault is None else f", {fault.value}")
        try:
            inspection = self._client(picture.component).inspect(
                content, key=unit, unit=unit, lot=truth, station=self.name
            )
        except RpcError as error:
            if fault is Fault.BROKEN and error.code == _NO_PICTURE:
                self._tally.refuse()
                return True
            self._tally.fail()
            self._trouble(f"{self.name}: {error.message}")
            return False
        self._tally.judged(picture, fault, inspection.verdict)
        self._seen(Taken(self.name, unit, picture, fault, inspection))
        return True

    def _client(self, component: str) -> GatewayClient:
        if component not in self._clients:
            self._clients[component] = GatewayClient(Endpoint(self._url, component, timeout=TIMEOUT_SECONDS, retries=0))
        return self._clients[component]
