"""What the routes say of sinks: where messages go, and which.

sinks:
  line:
    mqtt: mqtts://aoi@broker:8883/aoi/{gateway}/{component}
    password_file: /run/secrets/mqtt
  quality:
    webhook: https://quality.example/aoi
    secret_file: /run/secrets/webhook
    verdicts: [REVIEW, FAIL]
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from aoi_modules.results.closing import Closing
from aoi_modules.results.record import Role
from aoi_modules.results.review.disposition import UnitDisposition
from aoi_modules.results.sinks.addresses import broker_address, check_webhook
from aoi_modules.results.storing import Kept
from aoi_modules.verdict import Verdict

About = Literal["inspections", "units", "dispositions"]
SinkName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,79}\Z")]


class Destination(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A sink: a broker or a webhook."""

    mqtt: str | None = None
    """`mqtt://USER@HOST:PORT/TOPIC`, or `mqtts://` for TLS. Fields of the topic: see `topic`."""
    webhook: str | None = None
    """URL to which messages are posted."""
    password_file: str | None = None
    """Of the user at the broker; without it the password is the setting `AOI_MQTT_PASSWORD`."""
    mqtt_version: Literal[5, 3] = 5
    """3 is 3.1.1, for brokers that know no other; such a broker cannot say that it refuses a message."""
    secret_file: str | None = None
    """By which messages to the webhook are signed: see `signature`."""
    ca_file: str | None = None
    """Certificates that are trusted (PEM), in place of the system's."""
    about: tuple[About, ...] = ("inspections", "units", "dispositions")
    verdicts: tuple[Verdict, ...] = tuple(Verdict)
    """Inspections and closed units of other verdicts are not told."""
    roles: tuple[Role, ...] = ("line", "canary")
    """Whose inspections are told. A shadow decides nothing, and a check's pictures show no part of the line, so
    neither is told unless it is named here; the message says which it is."""
    picture_url: str | None = None
    """Where receivers find a kept picture: `https://HOST/v1/inspections/{id}/picture`."""

    def __post_init__(self) -> None:
        if (self.mqtt is None) is (self.webhook is None):
            raise ValueError("mqtt, webhook: expected one of them")
        if self.mqtt is not None:
            broker_address(self.mqtt)
            self._refuse("webhook", "secret_file")
        if self.webhook is not None:
            check_webhook(self.webhook)
            self._refuse("broker", "password_file")
            if self.secret_file is None:
                raise ValueError("secret_file: expected a file with the secret that signs what the webhook gets")

    def wants(self, kept: Kept | UnitDisposition) -> bool:
        """Whether an inspection, a closed unit, or what becomes of a unit is told; that whatever its verdicts."""
        if isinstance(kept, UnitDisposition):
            return "dispositions" in self.about
        if isinstance(kept, Closing):
            return "units" in self.about and kept.verdict in self.verdicts
        return "inspections" in self.about and kept.role in self.roles and kept.inspection.verdict in self.verdicts

    def _refuse(self, whose: str, name: str) -> None:
        if getattr(self, name) is not None:
            raise ValueError(f"{name}: belongs to a {whose}")


Destinations = dict[SinkName, Destination]
"""By the name of the sink. Whoever renames one leaves behind what waits under its old name."""
