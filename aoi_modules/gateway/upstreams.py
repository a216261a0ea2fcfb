"""The model servers behind the gateway: our awaited client, a bound on inspections, and manifests that are kept.

A server that does not answer about a model is away for that model, until it says that the model is available.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, replace
from types import TracebackType
from typing import TypeVar

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc.async_client import AsyncGrpcClient
from aoi_modules.client.grpc.calls import Metadata, Method, Request, Response
from aoi_modules.client.grpc.connection import AsyncConnection
from aoi_modules.client.grpc.turns import by_turns
from aoi_modules.client.replies import Prediction, VersionStatus
from aoi_modules.client.retries import MOVE_SECONDS, Attempts
from aoi_modules.client.tls import Tls
from aoi_modules.errors import AoiError, Busy, RpcError, StoreError, TooSlow, Unreachable
from aoi_modules.gateway.shots import Shot
from aoi_modules.logs import REQUEST_ID
from aoi_modules.modelstore.manifest import Manifest

LATE_IN_A_ROW = 3
"""After so many answers that came too late, one after the other, a model is taken for away."""
STATUS_SECONDS = 1.0
"""How long a server that is away may take to say that it is back."""
PAUSE_SECONDS = 0.2
"""Between two such questions."""
UNREADABLE_SECONDS = 5.0
"""So long a manifest that cannot be read is not asked for again: each picture would ask for it."""
_MAX_MANIFESTS = 64
"""Manifests kept a model server; the oldest goes first."""

Answer = TypeVar("Answer")
Told = Callable[[str, str, bool], None]
"""Learns the address of a server and a model, and whether it is away now."""


@dataclass(frozen=True)
class Question:
    """A picture of a component, and by when its answer is of use.

    Args:
        component: whose picture it is.
        shot: the picture.
        attempts: whose time covers all servers together, scores and manifest.
        request_id: by which the logs know the request; the model server is told it.
    """

    component: str
    shot: Shot
    attempts: Attempts
    request_id: str

    @property
    def metadata(self) -> Metadata:
        """What goes beside the call."""
        return ((REQUEST_ID, self.request_id),)


@dataclass(frozen=True)
class Reply:
    """What a model server said about a picture.

    Args:
        prediction: what the model gave.
        manifest: of the very version that answered; None if it carries none.
        address: of the server.
    """

    prediction: Prediction
    manifest: Manifest | None
    address: str


class Upstream:
    """One model server, asked over one connection about any of its models; or those of one name, asked by turns.

    Made inside the running event loop. gRPC itself tries to reach a lost server again, so calls fail at once while
    it is away and succeed again right after it is back.

    Args:
        address: `HOST:PORT`, or what else gRPC knows.
        max_in_flight: inspections there at a time, at all servers of a name together.
        told: learns when a model is away, and when it is back.
        tls: how the connection is encrypted; None has it plain.

    Attributes:
        in_flight: inspections that hold a place now.
        last_asked: when the last one took its place, by `time.monotonic`.
    """

    def __init__(self, address: str, max_in_flight: int, told: Told, tls: Tls | None = None) -> None:
        self.address = address
        self.tls = tls
        self.max_in_flight = max_in_flight
        self.in_flight = 0
        self.last_asked = 0.0
        self._told = told
        self._connection = AsyncConnection(address, tls, patient=False)
        self._manifests: dict[tuple[str, int | None], Manifest | None] = {}
        self._unreadable: dict[tuple[str, int | None], tuple[float, StoreError]] = {}
        self._late: dict[str, int] = {}
        """Answers in a row that came too late, by model."""
        self._awaited: dict[str, asyncio.Task[None]] = {}
        """What waits until a model is back; there is one for each model that is away."""
        self._lost: dict[str, float] = {}
        """When each of them went."""

    @property
    def full(self) -> bool:
        """Whether all places for inspections are taken."""
        return self.in_flight >= self.max_in_flight

    def away(self, model: str) -> bool:
        """Whether the last that is known of a model is that the server does not answer about it."""
        return model in self._awaited

    async def back(self, model: str, attempts: Attempts) -> bool:
        """Waits for a model that went a moment ago, and tells whether it is back; one that went earlier is not."""
        task = self._awaited.get(model)
        if task is None:
            return not attempts.late()
        left = self._lost[model] + MOVE_SECONDS - time.monotonic()
        done, _ = await asyncio.wait({task}, timeout=max(min(left, attempts.seconds_left()), 0))
        return bool(done)

    def slot(self) -> "Slot":
        """Holds one of the places for inspections.

        Raises:
            Busy: all are taken.
        """
        return Slot(self)

    def take_place(self) -> None:
        """Takes one; see `slot`."""
        if self.full:
            raise Busy(self.max_in_flight)
        self.in_flight += 1
        self.last_asked = time.monotonic()

    def give_place(self) -> None:
        """Gives it back."""
        self.in_flight -= 1

    async def ask(self, endpoint: Endpoint, question: Question, trace: Metadata = ()) -> Reply:
        """Asks a model about one picture.

        Args:
            endpoint: a model of this server.
            question: the picture. Where its features are named, the manifest is read first, and its version is asked.
            trace: metadata by which the server's own spans become part of the inspection's trace.

        Raises:
            Unreachable, TooSlow, RpcError: no answer in time, or a refusal.
            StoreError: the model's manifest cannot be read.
            WireError: the answer contradicts itself.
            BadParameter: the model takes other features, or frames of other channels.
        """
        with self._noticing(endpoint):
            try:
                return await self._ask_once(endpoint, question, trace)
            except RpcError as error:
                if error.code != "NOT_FOUND" or endpoint.version is not None:
                    raise
                # The version that answered was unloaded before its manifest was read: the next one answers now.
                return await self._ask_once(endpoint, question, trace)

    async def manifest(self, endpoint: Endpoint) -> Manifest | None:
        """Gives the manifest of the endpoint's version; None if it carries none.

        It is read once and kept: versions never change. Labels do, so that of a label is read each time.

        Raises:
            Unreachable, TooSlow, RpcError, StoreError: see `ask`.
        """
        with self._noticing(endpoint):
            if endpoint.label is not None:
                return await self._client(endpoint, endpoint.attempts()).find_manifest()
            return await self._manifest(endpoint, endpoint.attempts())

    async def status(self, endpoint: Endpoint) -> list[VersionStatus]:
        """Asks which versions of a model the server knows; newest first.

        Raises:
            Unreachable, TooSlow, RpcError: see `ask`.
        """
        with self._noticing(endpoint):
            return await self._client(endpoint, endpoint.attempts()).status()

    async def pass_on(
        self, endpoint: Endpoint, method: Method[Request, Response], request: Request, attempts: Attempts
    ) -> Response:
        """Passes on a question of TensorFlow Serving's that is about no picture.

        Raises:
            Unreachable, TooSlow, RpcError: see `ask`.
        """
        with self._noticing(endpoint):
            return await self._connection.call(method, request, attempts)

    async def close(self) -> None:
        """Ends the connection, and every call that is under way."""
        for model, task in self._awaited.items():
            task.cancel()
            self._told(self.address, model, False)
        await asyncio.gather(*self._awaited.values(), return_exceptions=True)
        await self._connection.close()

    async def _ask_once(self, endpoint: Endpoint, question: Question, trace: Metadata) -> Reply:
        shot, attempts, manifest = question.shot, question.attempts, None
        if shot.names_features:
            endpoint, manifest = await self._pinned(endpoint, attempts)
        client = self._client(endpoint, attempts, (*question.metadata, *trace))
        try:
            inputs = shot.inputs(manifest)
            prediction = await self._of(endpoint.version, lambda: client.predict(inputs, shot.signature))
        except RpcError as error:
            if error.code == "INVALID_ARGUMENT":  # the manifest may say in our words what does not fit
                shot.check((await self._pinned(endpoint, attempts))[1])
            raise
        answered = prediction.version or endpoint.version
        if answered is None:
            return Reply(prediction, None, self.address)
        if (endpoint.model, answered) in self._manifests:
            manifest = self._manifests[endpoint.model, answered]
        else:
            manifest = await self._manifest(replace(endpoint, version=answered, label=None), attempts)
        shot.check(manifest)
        return Reply(prediction, manifest, self.address)

    async def _pinned(self, endpoint: Endpoint, attempts: Attempts) -> tuple[Endpoint, Manifest | None]:
        """The endpoint of the very version that would answer now, and its manifest."""
        if endpoint.version is not None:
            return endpoint, await self._manifest(endpoint, attempts)
        manifest = await self._client(endpoint, attempts).find_manifest()
        return endpoint if manifest is None else replace(endpoint, version=manifest.version, label=None), manifest

    async def _manifest(self, endpoint: Endpoint, attempts: Attempts) -> Manifest | None:
        key = (endpoint.model, endpoint.version)
        if key not in self._manifests:
            found = await self._find_manifest(key, self._client(endpoint, attempts))
            while len(self._manifests) >= _MAX_MANIFESTS:
                del self._manifests[next(iter(self._manifests))]
            self._manifests[key] = found
        return self._manifests[key]

    async def _find_manifest(self, key: tuple[str, int | None], client: AsyncGrpcClient) -> Manifest | None:
        until, known = self._unreadable.get(key, (0.0, None))
        if known is not None and time.monotonic() < until:
            raise StoreError(known.message, hint=known.hint)
        try:
            return await self._of(key[1], client.find_manifest)
        except StoreError as error:
            self._unreadable = {key: (time.monotonic() + UNREADABLE_SECONDS, error)}
            raise

    async def _of(self, version: int | None, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        """Asks about a version, which not every server of a name may have now; or once, about whichever answers."""
        return await (ask() if version is None else by_turns(self.address, ask))

    def _client(self, endpoint: Endpoint, attempts: Attempts, metadata: Metadata = ()) -> AsyncGrpcClient:
        own = endpoint if endpoint.address == self.address else replace(endpoint, address=self.address)
        return AsyncGrpcClient(own, self._connection, attempts, metadata)

    def _noticing(self, endpoint: Endpoint) -> "_Noticing":
        """Notices whether the server answers about a model."""
        return _Noticing(self, endpoint)

    def notice(self, endpoint: Endpoint, error: BaseException | None) -> None:
        """Notes what came of a question about a model; what the server says itself, even a refusal, is an answer."""
        model = endpoint.model
        if isinstance(error, Unreachable):
            self._manifests.clear()
            self._unreadable.clear()  # what comes back may be another server with other models
            self._expect_back(endpoint)
        elif isinstance(error, TooSlow):
            self._late[model] = self._late.get(model, 0) + 1
            if self._late[model] >= LATE_IN_A_ROW:
                self._expect_back(endpoint)
        elif error is None or isinstance(error, RpcError):
            self._late.pop(model, None)
            if error is not None and error.code == "NOT_FOUND":  # not there yet, as on a server that has just started
                self._expect_back(endpoint)

    def _expect_back(self, endpoint: Endpoint) -> None:
        if not self.away(endpoint.model):
            self._lost[endpoint.model] = time.monotonic()
            self._awaited[endpoint.model] = asyncio.create_task(self._until_back(endpoint))
            self._told(self.address, endpoint.model, True)

    async def _until_back(self, endpoint: Endpoint) -> None:
        """Asks again and again, until the server says that a version of the model is available."""
        question = replace(endpoint, timeout=STATUS_SECONDS, retries=0)
        while not await self._available(question):
            await asyncio.sleep(PAUSE_SECONDS)
        del self._awaited[endpoint.model]
        self._late.pop(endpoint.model, None)
        self._told(self.address, endpoint.model, False)

    async def _available(self, endpoint: Endpoint) -> bool:
        try:
            statuses = await self._client(endpoint, endpoint.attempts()).status()
        except AoiError:  # whoever asks about a picture is told
            return False
        return any(status.state == "AVAILABLE" for status in statuses)


class Slot:
    """A place for an inspection at a model server, which it gives."""

    __slots__ = ("_upstream",)

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream

    def __enter__(self) -> Upstream:
        self._upstream.take_place()
        return self._upstream

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._upstream.give_place()


class _Noticing:
    """A block in which a server is asked about a model."""

    __slots__ = ("_endpoint", "_upstream")

    def __init__(self, upstream: Upstream, endpoint: Endpoint) -> None:
        self._upstream = upstream
        self._endpoint = endpoint

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._upstream.notice(self._endpoint, error)


class Upstreams:
    """All model servers, by address. Made inside the running event loop.

    Args:
        addresses: that the routes name.
        tls: of those that are not spoken to plainly, by address.
        max_in_flight: inspections at one server at a time.
        told: see `Upstream`.
    """

    def __init__(
        self, addresses: Collection[str], max_in_flight: int, told: Told, tls: Mapping[str, Tls] | None = None
    ) -> None:
        self._told = told
        self._by_address: dict[str, Upstream] = {}
        self._leaving: set[asyncio.Task[None]] = set()
        self.use(addresses, max_in_flight, tls)

    def __getitem__(self, address: str) -> Upstream:
        return self._by_address[address]

    def use(self, addresses: Collection[str], max_in_flight: int, tls: Mapping[str, Tls] | None = None) -> None:
        """Changes over to other servers. Those that stay keep their connection; others finish what is under way."""
        trust = tls or {}
        stay = {one.address for one in self._by_address.values() if one.tls == trust.get(one.address)} & set(addresses)
        gone = [self._by_address.pop(address) for address in set(self._by_address) - stay]
        for address in sorted(set(addresses) - stay):
            self._by_address[address] = Upstream(address, max_in_flight, self._told, trust.get(address))
        for upstream in self._by_address.values():
            upstream.max_in_flight = max_in_flight
        for upstream in gone:
            upstream.max_in_flight = 0  # no inspection takes a place there any more
            task = asyncio.create_task(_close_when_idle(upstream))
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)

    async def close(self) -> None:
        """Ends all connections."""
        for task in self._leaving:
            task.cancel()
        await asyncio.gather(*self._leaving, return_exceptions=True)
        for upstream in self._by_address.values():
            await upstream.close()


async def _close_when_idle(upstream: Upstream) -> None:
    try:
        while upstream.in_flight:
            await asyncio.sleep(PAUSE_SECONDS)
    finally:
        await upstream.close()
