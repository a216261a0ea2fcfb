"""Whether the server of this container answers: exit code 0, or 1 with a sentence. It needs no package.

health.py http 8080 /healthz    by HTTP, or by TLS where the port speaks that
health.py tcp 8500              a port that opens when the server is ready
"""

import http.client
import socket
import ssl
import sys
import time
from pathlib import Path

SECONDS = 3.0


def answers(port: int, path: str) -> bool:
    """Asks for a path by HTTP, then by TLS; whether one of them says 200."""
    anybody = ssl.create_default_context()
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE  # it is the loopback of this container
    ways = (
        http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS),
        http.client.HTTPSConnection("127.0.0.1", port, timeout=SECONDS, context=anybody),
    )
    return any(_says_ok(way, path) for way in ways)


def _says_ok(connection: http.client.HTTPConnection, path: str) -> bool:
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def listens(port: int) -> bool:
    """Whether somebody takes connections there."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=SECONDS).close()
    except OSError:
        return False
    return True


def is_fresh(file: str, seconds: float) -> bool:
    """Whether a file was written not longer ago."""
    try:
        return time.time() - Path(file).stat().st_mtime <= seconds
    except OSError:
        return False


def main(kind: str, what: str, more: str = "/") -> None:
    """Ends the process with 0, or with a sentence and 1."""
    good = {
        "http": lambda: answers(int(what), more),
        "tcp": lambda: listens(int(what)),
        "fresh": lambda: is_fresh(what, float(more)),
    }[kind]()
    if not good:
        sys.exit(f"{kind} {what}{'' if kind == 'tcp' else f' {more}'}: not well")


if __name__ == "__main__":
    main(*sys.argv[1:])
