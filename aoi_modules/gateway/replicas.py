"""Several model servers that serve the same model: which of them is asked, and when another one is asked as well.

A route leads to its own model, perhaps to a canary and to a shadow: each is a way, with servers of its own.
"""

import hashlib
import random
import time
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import TypeVar

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc.addresses import may_be_several
from aoi_modules.client.grpc.calls import Method, Request, Response
from aoi_modules.client.retries import MOVE_SECONDS, Attempts
from aoi_modules.errors import Busy, HungUp, RpcError, Unreachable
from aoi_modules.gateway.routes import Route
from aoi_modules.gateway.upstreams import Question, Reply, Slot, Upstream
from aoi_modules.gateway.watching.tracing import Tracing
from aoi_modules.modelstore.manifest import Manifest

Answer = TypeVar("Answer")

ELSEWHERE = ("UNAVAILABLE", "NOT_FOUND")
"""After these another server may answer: this one was not reached, hung up, is busy, or does not have the model."""
MOST_HUNG_UP = 2
"""So many servers may break their connection under a picture; a further one must not meet it."""


class TwoHungUp(HungUp):
    """Two model servers hung up while they had the same picture."""

    def __init__(self, addresses: Sequence[str]) -> None:
        super().__init__(
            f"two model servers hung up while they had this picture: {' and '.join(dict.fromkeys(addresses))}",
            hint="look at their logs; the picture may be the reason",
        )


class Replicas:
    """The model servers of one route.

    The server with the fewest inspections under way is asked; one that is away only if all are. A name may lead to
    several servers, which gRPC asks by turns; here it counts as one, which may be asked twice about the same picture.

    Args:
        upstreams: the servers, one or more.
        model: that they serve.
        asked_again: is called before each further server is asked about the same picture.
        tracing: makes a span for each server that is asked.
    """

    def __init__(
        self, upstreams: Sequence[Upstream], model: str, asked_again: Callable[[], None], tracing: Tracing
    ) -> None:
        self._upstreams = upstreams
        self._model = model
        self._asked_again = asked_again
        self._tracing = tracing

    def place(self) -> Slot:
        """Holds a place for an inspection, and says at which server.

        Raises:
            Busy: all places at all of them are taken.
        """
        upstream = self._next(())
        if upstream is None:
            raise Busy(sum(upstream.max_in_flight for upstream in self._upstreams))
        return upstream.slot()

    async def ask(self, first: Upstream, endpoint: Endpoint, question: Question) -> Reply:
        """Asks about a picture, and elsewhere if the first server cannot answer.

        A Predict changes nothing, so it may be asked for twice. All servers that could not be reached are passed by;
        after a connection that broke under the picture, one other server is asked and no more.

        Args:
            first: where a place is held.
            endpoint: the model.
            question: the picture.

        Raises:
            TwoHungUp: the connection broke at two servers.
            Unreachable, TooSlow, RpcError, StoreError, WireError, BadParameter: see `Upstream.ask`; of the last server.
        """
        end = time.monotonic() + MOVE_SECONDS
        asked: list[Upstream] = []
        done: set[Upstream] = set()
        hung_up: list[Upstream] = []
        upstream = first
        while True:
            asked.append(upstream)
            try:
                with (
                    nullcontext() if upstream is first else upstream.slot(),
                    self._tracing.span(
                        "ask", address=upstream.address, model=endpoint.model, attempt=len(asked)
                    ) as span,
                ):
                    reply = await upstream.ask(endpoint, question, span.metadata)
                    span.tell(version=reply.prediction.version)
                    return reply
            except RpcError as error:
                if isinstance(error, HungUp):
                    hung_up.append(upstream)
                if len(hung_up) == MOST_HUNG_UP:
                    raise TwoHungUp([one.address for one in hung_up]) from None
                if asked.count(upstream) > 1 or not _has_another(upstream, error):
                    done.add(upstream)
                following = self._next(done, held=first) if error.code in ELSEWHERE else None
                if following is None and time.monotonic() < end and await self._moved(upstream, error, question):
                    following = upstream
                if following is None:
                    raise
            self._asked_again()
            upstream = following

    async def _moved(self, upstream: Upstream, error: RpcError, question: Question) -> bool:
        """Whether a name leads to servers again, after it led to none: where pods move, the old ones may go before gRPC
        has heard of the new ones. Nobody had the picture, so it may wait for that."""
        nobody = isinstance(error, Unreachable) and not isinstance(error, HungUp)
        return nobody and may_be_several(upstream.address) and await upstream.back(self._model, question.attempts)

    async def pass_on(
        self, endpoint: Endpoint, method: Method[Request, Response], request: Request, attempts: Attempts
    ) -> Response:
        """Passes on a question that is about no picture, to the first server that can answer; it takes no place.

        Raises:
            Unreachable, TooSlow, RpcError: see `Upstream.ask`; of the last server.
        """
        return await self._first(lambda upstream: upstream.pass_on(endpoint, method, request, attempts))

    async def manifest(self, endpoint: Endpoint) -> Manifest | None:
        """The manifest of a version, from the first server that can answer; None if it carries none.

        Raises:
            Unreachable, TooSlow, RpcError: see `Upstream.manifest`; of the last server.
        """
        return await self._first(lambda upstream: upstream.manifest(endpoint))

    async def _first(self, ask: Callable[[Upstream], Awaitable[Answer]]) -> Answer:
        ranked = sorted(self._upstreams, key=self._rank)
        *others, last = [*ranked, *(upstream for upstream in ranked if may_be_several(upstream.address))]
        for upstream in others:
            try:
                return await ask(upstream)
            except RpcError as error:
                if error.code not in ELSEWHERE:
                    raise
        return await ask(last)

    def _next(self, done: Collection[Upstream], held: Upstream | None = None) -> Upstream | None:
        """The server to ask next; None if all are done or have no place. At `held` there is one already."""
        if len(self._upstreams) == 1:
            (only,) = self._upstreams
            return None if only in done or (only.full and only is not held) else only
        free = [one for one in self._upstreams if one not in done and (one is held or not one.full)]
        return min(free, key=self._rank, default=None)

    def _rank(self, upstream: Upstream) -> tuple[bool, int, float]:
        """The least is asked first; of equal ones, that which was asked longest ago."""
        return upstream.away(self._model), upstream.in_flight, upstream.last_asked


def _has_another(upstream: Upstream, error: RpcError) -> bool:
    """Whether another server may answer at the same address: it is the name of several, and one of them was reached."""
    reached = isinstance(error, HungUp) or not isinstance(error, Unreachable)
    return reached and may_be_several(upstream.address)


@dataclass(frozen=True)
class Way:
    """A model that may be asked, and the servers that have it."""

    route: Route
    replicas: Replicas
    canary: bool = False

    @contextmanager
    def spare_place(self) -> Iterator[Upstream]:
        """Holds a place for what the line does not wait for. Half of those at every server are kept for the line.

        Raises:
            Busy: none is left.
        """
        with self.replicas.place() as upstream:
            if 2 * upstream.in_flight > upstream.max_in_flight:
                raise Busy(upstream.max_in_flight // 2)
            yield upstream


@dataclass(frozen=True)
class Ways:
    """The models that may be asked about a component: the route's own, perhaps a canary and its share, and a shadow."""

    own: Way
    canary: Way | None
    share: float
    shadow: Way | None

    def every(self) -> list[Way]:
        """All that there are."""
        return [way for way in (self.own, self.canary, self.shadow) if way is not None]

    def chosen(self, chance: float) -> Way:
        """The canary for its share of the units, else the route's own; `chance` is the unit's, in [0, 1)."""
        return self.canary if self.canary is not None and chance < self.share else self.own


def chance_of(unit: str | None) -> float:
    """A number in [0, 1) that is the same for all pictures of a unit, at every gateway; without a unit, any number."""
    if unit is None:
        return random.random()  # who is asked is no secret
    return int.from_bytes(hashlib.sha256(unit.encode()).digest()[:6]) / 2**48
