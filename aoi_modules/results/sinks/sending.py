"""All sinks of one gateway: what they are told, and whether they are there."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import structlog

from aoi_modules.errors import DatabaseAway
from aoi_modules.results.closing import Closing
from aoi_modules.results.database import outbox
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.outbox import Letter
from aoi_modules.results.following import rest
from aoi_modules.results.review.disposition import UnitDisposition
from aoi_modules.results.sinks.addresses import broker_address
from aoi_modules.results.sinks.broker import Broker
from aoi_modules.results.sinks.delivery import Sender
from aoi_modules.results.sinks.destinations import Destination
from aoi_modules.results.sinks.forwarder import DATABASE_SECONDS, LAST_SECONDS, Forwarder
from aoi_modules.results.sinks.inheriting import Inheriting
from aoi_modules.results.sinks.messages.about_disposition import disposition_message
from aoi_modules.results.sinks.messages.about_inspection import inspection_message
from aoi_modules.results.sinks.messages.about_unit import unit_message
from aoi_modules.results.sinks.webhook import Webhook
from aoi_modules.results.storing import Kept


class Sending:
    """The way out of one gateway. Made inside the running event loop.

    Args:
        database: that has the outbox; it stays open when this is closed.
        gateway: whose letters are sent.
        sinks: by name, as the routes have them.
        aside: folder for letters that a sink refuses for ever.
        log: learns when a sink is away and back, and what was refused.

    Attributes:
        forwarders: one for each sink, with its state.
    """

    def __init__(
        self,
        database: Database,
        gateway: str,
        sinks: Mapping[str, Destination],
        aside: Path,
        log: structlog.stdlib.BoundLogger,
    ) -> None:
        self._database = database
        self._gateway = gateway
        self._sinks = dict(sinks)
        self._log = log
        self._ending = asyncio.Event()
        self._looking: list[asyncio.Task[None]] = []
        self._inheriting = Inheriting(database, gateway, self._sinks, log, self.wake)
        self.forwarders = [
            Forwarder(name, _sender(gateway, name, sink), database, gateway, aside, log)
            for name, sink in self._sinks.items()
        ]

    def compose(self, kept: Kept | UnitDisposition) -> list[Letter]:
        """Writes what the sinks are told of an inspection, a closed unit, or what becomes of one, and wakes them."""
        wanted = {name: sink.picture_url for name, sink in self._sinks.items() if sink.wants(kept)}
        messages = {url: self._message(kept, url) for url in set(wanted.values())}
        if wanted:
            self.wake()
        return [Letter(name, self._gateway, kept.id, messages[url]) for name, url in wanted.items()]

    def start(self) -> None:
        """Begins to send what is in the outbox."""
        for forwarder in self.forwarders:
            forwarder.start()
        looks = (self._look_behind(), self._inheriting.run(self._ending))
        self._looking = [asyncio.create_task(look) for look in looks]

    def wake(self) -> None:
        """Says that letters are in the outbox; they are found within a second without it, too."""
        for forwarder in self.forwarders:
            forwarder.wake()

    def _message(self, kept: Kept | UnitDisposition, picture_url: str | None) -> str:
        if isinstance(kept, UnitDisposition):
            return disposition_message(kept, self._gateway)
        return unit_message(kept) if isinstance(kept, Closing) else inspection_message(kept, picture_url)

    async def close(self) -> None:
        """Waits for receipts that are under way, and hangs up. What is not sent is sent by the next run."""
        self._ending.set()
        await asyncio.gather(*(forwarder.close() for forwarder in self.forwarders))
        if self._looking:  # a question that is broken off would cost the connection
            await asyncio.wait(self._looking, timeout=LAST_SECONDS)
            for task in self._looking:
                task.cancel()
            await asyncio.wait(self._looking)

    async def _look_behind(self) -> None:
        """Tells of letters to sinks that are no longer named: nobody sends them."""
        found: dict[str, int] | None = None
        while found is None and not self._ending.is_set():
            try:
                found = await outbox.by_sink(self._database, self._gateway)
            except DatabaseAway:
                await rest(self._ending, DATABASE_SECONDS)
        left = {name: count for name, count in (found or {}).items() if name not in self._sinks}
        for name, count in sorted(left.items()):
            self._log.error("letters left behind", sink=name, waiting=count, hint="name the sink in the routes")


def _sender(gateway: str, name: str, sink: Destination) -> Sender:
    if sink.mqtt is not None:
        return Broker(
            broker_address(sink.mqtt),
            f"aoi-{gateway}-{name}",
            password_file=sink.password_file,
            ca_file=sink.ca_file,
            version=sink.mqtt_version,
        )
    return Webhook(sink.webhook or "", sink.secret_file or "", sink.ca_file)
