"""Where a sink is: the URL of a broker or of a webhook. Pure."""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from aoi_modules.results.sinks.topic import check_template

DEFAULT_TOPIC = "aoi/{gateway}/{component}"
_PORTS = {"mqtt": 1883, "mqtts": 8883}


@dataclass(frozen=True)
class BrokerAddress:
    """Where a broker is, and who comes.

    Args:
        host: its name or address.
        port: of MQTT there.
        tls: whether the connection is encrypted and the broker's certificate is checked.
        user: name at the broker; empty for none.
        topic: template of topics, see `topic`.
    """

    host: str
    port: int
    tls: bool
    user: str
    topic: str

    def __str__(self) -> str:
        """The broker's name in messages."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"the broker {host}:{self.port}"


def broker_address(url: str) -> BrokerAddress:
    """Reads `mqtt://USER@HOST:PORT/TOPIC` or `mqtts://...`; all but the host may be left out.

    Raises:
        ValueError: it is none.
    """
    wanted = "expected mqtt://USER@HOST:PORT/TOPIC or mqtts://..."
    parts = urlsplit(url)
    if parts.password is not None:
        raise ValueError("mqtt: a password in the URL can be read by many; expected it in password_file")
    try:
        port = parts.port
    except ValueError:
        raise ValueError(f"mqtt: {wanted}. Received: {url!r}") from None
    if parts.scheme not in _PORTS or not parts.hostname or port == 0:
        raise ValueError(f"mqtt: {wanted}. Received: {url!r}")
    if parts.query or "#" in url:
        raise ValueError(f"mqtt: expected a topic without `?` and `#`. Received: {url!r}")
    topic = unquote(parts.path.removeprefix("/")) or DEFAULT_TOPIC
    check_template(topic)
    return BrokerAddress(
        host=parts.hostname,
        port=port or _PORTS[parts.scheme],
        tls=parts.scheme == "mqtts",
        user=unquote(parts.username or ""),
        topic=topic,
    )


def check_webhook(url: str) -> None:
    """Refuses what is no URL of a webhook.

    Raises:
        ValueError: it is none.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"webhook: expected http://HOST/PATH or https://... Received: {url!r}")
    if parts.username is not None or parts.password is not None:
        raise ValueError("webhook: expected no user in the URL; messages are signed by the secret in secret_file")
