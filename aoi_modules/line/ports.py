"""Where the parts of the line listen: on this machine alone, and looked at before anything starts."""

from dataclasses import dataclass

from aoi_modules.errors import AoiError, Argument
from aoi_modules.log_store.victoria import PORT
from aoi_modules.machine.free_ports import free_ports
from aoi_modules.web_server import listening_socket

HOST = "127.0.0.1"
PROMETHEUS, NODE_EXPORTER, LOG_STORE = 9090, 9100, PORT
"""Where people expect them. Debian starts its own there, so a port that is taken gives way to a free one."""


@dataclass(frozen=True)
class Ports:
    """One port for each door.

    Args:
        pages: of the first gateway, whose pages people open.
        second: of the second gateway.
        grpc: of the model server.
        rest: of the model server.
        prometheus: of Prometheus.
        node_exporter: of the node exporter.
        log_store: of VictoriaLogs.
    """

    pages: int
    second: int
    grpc: int
    rest: int
    prometheus: int
    node_exporter: int
    log_store: int


def choose(port: int, serving_port: int) -> Ports:
    """Chooses the ports: those that are named and the next ones, or free ones.

    Args:
        port: of the first gateway; the second has the next one. 0 takes free ones.
        serving_port: of the model server's gRPC; its REST has the next one. 0 takes free ones.

    Raises:
        AoiError: one that is named is taken, or there is none above it.
    """
    for name, first, doors in (
        ("port", port, ("the first gateway", "the second gateway")),
        ("serving_port", serving_port, ("the model server, gRPC", "the model server, REST")),
    ):
        for number, door in enumerate(doors) if first else ():
            _require(first + number, door, Argument(name, first))
    free = iter(free_ports(7, HOST))
    pages, second = (port, port + 1) if port else (next(free), next(free))
    grpc, rest = (serving_port, serving_port + 1) if serving_port else (next(free), next(free))
    usual = [one if not _trouble(one) else next(free) for one in (PROMETHEUS, NODE_EXPORTER, LOG_STORE)]
    return Ports(pages, second, grpc, rest, *usual)


def _require(port: int, door: str, argument: Argument) -> None:
    if trouble := _trouble(port):
        raise AoiError(
            f"{argument}: {door} cannot listen on {HOST}:{port}: {trouble}",
            hint=f"another program may listen there; {Argument(argument.name, 'any')} takes free ports",
            arguments=[argument, Argument(argument.name, "any")],
        )


def _trouble(port: int) -> str:
    """Why nobody can listen there; empty where one can."""
    try:
        listening_socket(HOST, port).close()
    except OSError as error:
        return error.strerror or str(error)
    except OverflowError:
        return "there is no such port"
    return ""
