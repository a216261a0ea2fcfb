"""Load for a model server: clients that each send one prepared request after the other, and what it costs the server.

One process, one event loop, bytes prepared ahead: the generator shares the machine with the server, so it must be
cheap. It says what it used itself, and how much of the machine others took meanwhile.
"""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import grpc
import psutil

Ask = Callable[[], Awaitable[None]]
WARM_UP_SECONDS = 1.0
CALL_SECONDS = 30.0


@dataclass(frozen=True)
class Target:
    """Where and what to ask.

    Args:
        address: HOST:PORT.
        body: of each request.
        path: gRPC method, or path of an HTTP POST.
        http: by HTTP/1.1, else by gRPC.
        headers: of HTTP requests.
    """

    address: str
    body: bytes
    path: str
    http: bool = False
    headers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Load:
    """What was measured: requests a second, percentiles in milliseconds, CPU milliseconds a request of the server and
    of the generator, memory in MB, and cores that others took."""

    rate: float
    p50: float
    p99: float
    server_cpu: float
    client_cpu: float
    memory: float
    foreign: float


def measure(target: Target, clients: int, seconds: float, *pids: int) -> Load:
    """Asks for a while, after a warm-up that is not counted; processes count together."""
    return asyncio.run(_measure(target, clients, seconds, [psutil.Process(pid) for pid in pids]))


def answers(target: Target, seconds: float) -> float:
    """Seconds until the first answer, asking again and again.

    Raises:
        TimeoutError: there was none.
    """
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        try:
            asyncio.run(_once(target))
        except (OSError, grpc.RpcError, RuntimeError, asyncio.IncompleteReadError):
            time.sleep(0.02)
        else:
            return time.monotonic() - began
    raise TimeoutError(f"{target.address}{target.path}: no answer within {seconds:g} s")


async def _once(target: Target) -> None:
    client = await connect(target)
    try:
        await client.ask()
    finally:
        await client.close()


async def _measure(target: Target, clients: int, seconds: float, servers: Sequence[psutil.Process]) -> Load:
    sessions = [await connect(target) for _ in range(clients)]
    await asyncio.gather(*(_repeat(session, WARM_UP_SECONDS, []) for session in sessions))
    durations: list[float] = []
    used, own, all_used = _cpu(servers), time.process_time(), _machine()
    began = time.monotonic()
    await asyncio.gather(*(_repeat(session, seconds, durations) for session in sessions))
    elapsed = time.monotonic() - began
    used, own = _cpu(servers) - used, time.process_time() - own
    foreign = (_machine() - all_used - used - own) / elapsed
    for session in sessions:
        await session.close()
    durations.sort()
    return Load(
        rate=len(durations) / elapsed,
        p50=1e3 * statistics.median(durations),
        p99=1e3 * durations[int(0.99 * (len(durations) - 1))],
        server_cpu=1e3 * used / len(durations),
        client_cpu=1e3 * own / len(durations),
        memory=sum(process.memory_info().rss for process in _families(servers)) / 1e6,
        foreign=max(0.0, foreign),
    )


async def _repeat(session: "GrpcSession | HttpSession", seconds: float, durations: list[float]) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.perf_counter()
        await session.ask()
        durations.append(time.perf_counter() - began)


async def connect(target: Target) -> "GrpcSession | HttpSession":
    """A client with a connection of its own: `ask`, and `close` at the end."""
    return await HttpSession.open(target) if target.http else GrpcSession(target)


class GrpcSession:
    """One connection."""

    def __init__(self, target: Target) -> None:
        self._channel = grpc.aio.insecure_channel(target.address, options=[("grpc.use_local_subchannel_pool", 1)])
        self._call: Callable[..., Awaitable[bytes]] = self._channel.unary_unary(target.path)
        self._body = target.body

    async def ask(self) -> None:
        await self._call(self._body, timeout=CALL_SECONDS)

    async def close(self) -> None:
        await self._channel.close()


class HttpSession:
    """One kept connection; answers have a length or come in chunks."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: Target) -> None:
        self._reader, self._writer = reader, writer
        lines = [f"POST {target.path} HTTP/1.1", f"Host: {target.address}", f"Content-Length: {len(target.body)}"]
        self._request = "\r\n".join([*lines, *target.headers, "", ""]).encode() + target.body

    @classmethod
    async def open(cls, target: Target) -> "HttpSession":
        host, _, port = target.address.rpartition(":")
        return cls(*await asyncio.open_connection(host, int(port)), target)

    async def ask(self) -> None:
        status, body = await self.answer()
        if status != 200:
            raise RuntimeError(f"{status}: {body[:300].decode(errors='replace')}")

    async def answer(self) -> tuple[int, bytes]:
        """Status and body of an answer, whatever it says."""
        self._writer.write(self._request)
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        body = b""
        if b"content-length:" in head:
            body = await self._reader.readexactly(int(head.partition(b"content-length:")[2].split()[0]))
        else:
            while size := int(await self._reader.readline(), 16):
                body += (await self._reader.readexactly(size + 2))[:-2]
            await self._reader.readline()
        return int(head.split(maxsplit=2)[1]), body

    async def close(self) -> None:
        self._writer.close()


def _families(processes: Sequence[psutil.Process]) -> list[psutil.Process]:
    return [one for process in processes for one in (process, *process.children(recursive=True))]


def _cpu(processes: Sequence[psutil.Process]) -> float:
    """Seconds of processor that servers and their children have used."""
    return sum(sum(one.cpu_times()[:2]) for one in _families(processes))


def _machine() -> float:
    """Seconds of processor that everything has used."""
    times = psutil.cpu_times()
    return float(times.user + times.system + times.nice)
