"""Broken connections: bytes for the server's ports that are HTTP/2 or HTTP/1.1 only in part.

Whoever calls gives the random numbers, so that a seed repeats what was sent.
"""

import random
import struct

from benchmarks.hostile.messages import SERVICE
from benchmarks.hostile.mutations import mutated

OPENING = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


def broken_http(path: str, body: bytes, chance: random.Random) -> bytes:
    """Bytes for the REST port: wrong lines, headers, lengths and chunks, cut bodies, several requests at once."""
    method = chance.choice(("GET", "POST", "PUT", "OPTIONS", "HEAD", "TRACE", "BREW", "CONNECT", "get", "\0"))
    target = chance.choice(
        (path, path, mutated(path.encode(), chance).decode("latin-1"), "/" * 5000, "*", "/v1/models/%zz")
    )
    version = chance.choice(("HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/9.9", ""))
    lengths = ("", f"Content-Length: {len(body)}\r\n", f"Content-Length: {len(body) + 9}\r\n", "Content-Length: -1\r\n",
               f"Content-Length: {2 << 30}\r\n", "Content-Length: 1\r\nContent-Length: 2\r\n",
               "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
               "Content-Encoding: gzip\r\nContent-Length: 20\r\n", "Expect: 100-continue\r\nContent-Length: 3\r\n",
               "Upgrade: websocket\r\nConnection: Upgrade\r\n", f"X: {'y' * chance.choice((10, 70_000))}\r\n",
               "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AA\r\n")  # fmt: skip
    length = chance.choice(lengths)
    head = f"{method} {target} {version}\r\nHost: a\r\n{length}\r\n".encode("latin-1")
    short = body[:3000]
    if "chunked" in length:
        size = chance.choice((b"%x" % len(short), b"0", b"fffffffffffffffff", b"-1", b"zz", b"5;x=y", b""))
        content = size + b"\r\n" + short + chance.choice((b"\r\n0\r\n\r\n", b"0\r\n", b""))
    else:
        content = short[: chance.randrange(len(short) + 1)]
    request = head + content
    if chance.random() < 0.3:
        request = mutated(request, chance)
    return request * chance.choice((1, 1, 1, 2, 20))


def http2_garbage(chance: random.Random) -> bytes:
    """Bytes for the gRPC port: none of HTTP/2, or its opening and frames that make no sense."""
    if chance.random() < 0.2:
        return chance.randbytes(chance.randrange(1, 2000))
    data = bytearray(OPENING if chance.random() < 0.9 else mutated(OPENING, chance))
    if chance.random() < 0.8:
        data += frame(4, 0, 0, b"")
    if chance.random() < 0.5:
        data += frame(1, 4, 1, call_headers(chance))
    for _ in range(chance.randrange(8)):
        kind = chance.choice((0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 200))
        stream = chance.choice((0, 1, 1, 1, 2, 3, (1 << 31) - 1))
        data += frame(kind, chance.choice((0, 1, 4, 5, 8, 0x2D, 255)), stream, payload(chance))
    return bytes(data)


def payload(chance: random.Random) -> bytes:
    """Of a frame: random, a message that announces more than comes, or headers."""
    match chance.randrange(3):
        case 0:
            return chance.randbytes(chance.choice((0, 1, 4, 5, 6, 8, 9, 200)))
        case 1:
            size = chance.choice((0, 5, 1 << 20, (1 << 32) - 1))
            return bytes([chance.choice((0, 1, 255))]) + struct.pack(">I", size) + chance.randbytes(20)
        case _:
            return mutated(call_headers(chance), chance)


def call_headers(chance: random.Random) -> bytes:
    fields = {":method": "POST", ":scheme": "http", ":path": SERVICE + chance.choice(("Predict", "Nope", "")),
              ":authority": "a", "te": "trailers", "content-type": chance.choice(("application/grpc", "text/html")),
              "grpc-timeout": chance.choice(("1S", "99999999H", "-1m", "x"))}  # fmt: skip
    return b"".join(
        b"\0" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode()
        for name, value in fields.items()
    )


def frame(kind: int, flags: int, stream: int, content: bytes) -> bytes:
    return struct.pack(">I", len(content))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + content
