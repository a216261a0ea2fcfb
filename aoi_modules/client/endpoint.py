"""What a client asks: which model at which address, for how long and how often."""

import math
import operator
from dataclasses import KW_ONLY, dataclass, field

from aoi_modules.client.retries import RETRIES, Attempts
from aoi_modules.client.tls import Tls


@dataclass(frozen=True)
class Endpoint:
    """All that configures a client. Every client is made of one, and two clients of one endpoint ask the same.

    Args:
        address: of the server. By gRPC `HOST:PORT`, `dns:///NAME:PORT`, `ipv4:IP:PORT,IP:PORT` or `unix:PATH`, and
            calls go round all addresses of a name. By REST and at the gateway `http://HOST:PORT`, or `https://` where a
            proxy adds TLS; a connection stays with one address of a name.
        model: name of the model on its server. At the gateway: name of the component.
        version: which version to ask; None asks the newest.
        label: asks the version that carries this label on the server (`stable`), instead of one by its number.
        timeout: seconds that a call may take, retries included.
        retries: how often a call is made again that found nobody to connect to. A request that was sent is never
            sent again.
        tls: how the connection is encrypted; None for a plain one.
        key: of this machine at a gateway, which it sends with each call; empty sends none.

    Raises:
        ValueError: a value makes no sense; names it.
        TypeError: the version is no integer.
    """

    address: str
    model: str
    _: KW_ONLY
    version: int | None = None
    label: str | None = None
    timeout: float = 10.0
    retries: int = RETRIES
    tls: Tls | None = None
    key: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if not 0 < self.timeout < math.inf:
            raise ValueError(f"timeout: expected seconds over 0, and an end. Received: {self.timeout}")
        if self.retries < 0:
            raise ValueError(f"retries: expected 0 or more. Received: {self.retries}")
        if not (self.key.isascii() and self.key.isprintable()) or " " in self.key:
            raise ValueError("key: expected one that `aoi gateway key add` printed. Received: other letters")
        if self.version is not None and self.label is not None:
            raise ValueError(f"version, label: expected one of them. Received: {self.version}, {self.label!r}")
        # The fields are frozen for everybody else: one spelling of an address, one type of a version.
        object.__setattr__(self, "address", self.address.rstrip("/"))
        if self.version is not None:
            object.__setattr__(self, "version", operator.index(self.version))  # REST would send text, gRPC refuse it

    def __str__(self) -> str:
        """Model and address, for messages: `model tile version 3 at 127.0.0.1:8500`."""
        asked = f" version {self.version}" if self.version is not None else f" label {self.label}" if self.label else ""
        return f"model {self.model}{asked} at {self.address}"

    def authorization(self) -> dict[str, str]:
        """Gives the header, by gRPC the metadata, that carries the key; nothing without one."""
        return {"authorization": f"Bearer {self.key}"} if self.key else {}

    def attempts(self) -> Attempts:
        """Starts the clock of one call: its deadline, and how often it may be made again."""
        return Attempts(self.timeout, self.retries)
