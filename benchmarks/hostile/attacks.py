"""The five kinds of attack, drawn at random: what is sent, and how."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from aoi_modules.wire.messages import PredictRequest
from benchmarks.hostile.client import Address, Answer, Client
from benchmarks.hostile.messages import SERVICE, Healthy
from benchmarks.hostile.mutations import contradict, json_body, mutated
from benchmarks.hostile.wires import broken_http, http2_garbage


@dataclass(frozen=True)
class Attack:
    """One input, not sent yet. Sending may raise OSError."""

    body: bytes
    send: Callable[[], Answer]


class Attacks:
    """Breaks healthy messages for one client, always in the same way from the same random numbers."""

    def __init__(self, client: Client, healthy: Healthy, chance: random.Random) -> None:
        self._client = client
        self._healthy = healthy
        self._chance = chance
        self._kinds: Mapping[str, tuple[int, Callable[[], Attack]]] = {
            "gRPC bytes": (4, self._changed_message),
            "gRPC fields": (4, self._contradiction),
            "HTTP/2 garbage": (1, self._garbage),
            "JSON": (4, self._changed_json),
            "HTTP": (2, self._broken_http),
        }

    def draw(self) -> tuple[str, Attack]:
        """One kind by its weight, and an attack of it."""
        weights = [weight for weight, _ in self._kinds.values()]
        kind = self._chance.choices(list(self._kinds), weights=weights)[0]
        return kind, self._kinds[kind][1]()

    def _changed_message(self) -> Attack:
        method, body = self._chance.choice(self._healthy.calls)
        changed = mutated(body, self._chance)
        return Attack(changed, lambda: self._client.called(method, changed))

    def _contradiction(self) -> Attack:
        request = PredictRequest.FromString(self._chance.choice(self._healthy.requests).SerializeToString())
        contradict(request, self._chance)
        body = request.SerializeToString()
        return Attack(body, lambda: self._client.called(SERVICE + "Predict", body))

    def _garbage(self) -> Attack:
        return self._in_two_parts(self._client.grpc_address, http2_garbage(self._chance))

    def _changed_json(self) -> Attack:
        path, body = self._chance.choice(self._healthy.posts)
        path = self._chance.choice(
            (path, path, path, path.replace("predict", self._chance.choice(("classify", "regress"))))
        )
        body = mutated(json_body(body, self._chance), self._chance) if self._chance.random() < 0.8 else body
        return Attack(body, lambda: self._client.posted(path, body))

    def _broken_http(self) -> Attack:
        path, body = self._chance.choice(self._healthy.posts)
        return self._in_two_parts(self._client.rest_address, broken_http(path, body, self._chance))

    def _in_two_parts(self, address: Address, data: bytes) -> Attack:
        cut = self._chance.randrange(len(data) + 1)
        return Attack(data, lambda: self._client.sent(address, data, cut))
