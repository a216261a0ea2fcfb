"""Letters to an MQTT broker. A letter is taken when the broker has given its receipt for it (QoS 1)."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from aoi_modules.errors import ResultsError
from aoi_modules.first_line import distrust
from aoi_modules.machine import disk
from aoi_modules.results.database.outbox import Letter
from aoi_modules.results.sinks.addresses import BrokerAddress
from aoi_modules.results.sinks.delivery import TAKEN, Answer, Delivery, Fate
from aoi_modules.results.sinks.mqtt_connection import (
    CONNECT_SECONDS,
    ConnectionRefused,
    MqttConnection,
    check_installed,
)
from aoi_modules.results.sinks.secret_file import read_secret
from aoi_modules.results.sinks.topic import topic_of
from aoi_modules.results.sinks.trust import trusting
from aoi_modules.settings import settings

if TYPE_CHECKING:
    from paho.mqtt.reasoncodes import ReasonCode

RECEIPT_SECONDS = 30.0
"""How long the receipts of all letters that were sent together may take."""
_ABOUT_THE_LETTER = (0x90, 0x99)
"""Codes of MQTT 5: the topic or the payload is none."""
_ABOUT_THE_USER = ("Bad user name or password", "Not authorized")
_ROUND_A_MESSAGE = 32
"""Bytes of a packet beside topic and message, at most."""

_Receipt: TypeAlias = "asyncio.Future[ReasonCode] | Answer"


class Broker:
    """One broker. Made inside the running event loop.

    Args:
        address: of the broker.
        client_id: the same whenever this sink connects.
        password_file: of the user; None for the password of the settings.
        ca_file: certificates to trust; None for the system's.
        version: of MQTT: 5, or 3 for 3.1.1.

    Raises:
        MissingExtra: the client of MQTT is not installed.
    """

    at_once = 100

    def __init__(
        self,
        address: BrokerAddress,
        client_id: str,
        *,
        password_file: str | None = None,
        ca_file: str | None = None,
        version: int = 5,
    ) -> None:
        check_installed()
        self._address = address
        self._client_id = client_id
        self._password_file = password_file
        self._ca_file = ca_file
        self._version = version
        self._connection: MqttConnection | None = None

    async def deliver(self, letters: Sequence[Letter]) -> Delivery:
        """Sends letters side by side; connects first where that is needed."""
        try:
            connection = await self._connected()
        except (ResultsError, ConnectionRefused, OSError) as error:
            return Delivery([None] * len(letters), away=self._sentence(error))
        receipts: list[_Receipt] = []
        try:
            async with asyncio.timeout(RECEIPT_SECONDS):
                for letter in letters:
                    receipts.append(await self._send(connection, letter))
                await _done(receipts)
        except TimeoutError:
            await self.close()
        answers = [self._answer(receipt) for receipt in receipts]
        return Delivery([*answers, *[None] * (len(letters) - len(answers))], away=self._trouble(connection, answers))

    async def close(self) -> None:
        """Hangs up."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _connected(self) -> MqttConnection:
        if self._connection is not None and not self._connection.lost.done():
            return self._connection
        await self.close()
        trusted = trusting(self._ca_file) if self._address.tls else None
        connection = MqttConnection(self._address, self._client_id, self._password(), trusted, self._version)
        try:
            await connection.open()
        except BaseException:  # whatever it was, the thread of the connection ends
            await connection.close()
            raise
        self._connection = connection
        return connection

    def _password(self) -> str:
        if not self._address.user:
            return ""
        if self._password_file is None:
            return settings().mqtt_password
        return read_secret(Path(self._password_file), "password_file")

    async def _send(self, connection: MqttConnection, letter: Letter) -> _Receipt:
        try:
            topic = topic_of(self._address.topic, letter.message)
        except msgspec.MsgspecError as error:
            return Answer(Fate.REFUSED, f"this is no message of ours: {error}")
        size = len(letter.message.encode()) + len(topic.encode()) + _ROUND_A_MESSAGE
        if connection.most_bytes is not None and size > connection.most_bytes:
            return Answer(Fate.REFUSED, f"{size} bytes; {self._address} takes at most {connection.most_bytes}")
        return await connection.publish(topic, letter.message)

    def _answer(self, receipt: _Receipt) -> Answer | None:
        if isinstance(receipt, Answer):
            return receipt
        if not receipt.done() or receipt.cancelled():
            return None
        code = receipt.result()
        if not code.is_failure:
            return TAKEN
        fate = Fate.REFUSED if code.value in _ABOUT_THE_LETTER else Fate.HELD
        return Answer(fate, f"{self._address} refuses the message: {code}")

    def _trouble(self, connection: MqttConnection, answers: Sequence[Answer | None]) -> str:
        if self._connection is None:
            return f"{self._address} gave no receipt within {RECEIPT_SECONDS:.0f} s"
        if connection.lost.done():
            return f"{self._address} hung up: {connection.lost.result()}"
        return next((answer.reason for answer in answers if answer is not None and answer.fate is Fate.HELD), "")

    def _sentence(self, error: Exception) -> str:
        """Why there is no connection."""
        if isinstance(error, ResultsError):
            return error.message
        if isinstance(error, ConnectionRefused):
            return self._refusal(str(error))
        if isinstance(error, TimeoutError):
            return f"{self._address} does not answer within {CONNECT_SECONDS:.0f} s"
        if why := distrust(error):
            return f"{self._address}: its certificate is not trusted: {why}"
        return f"{self._address} does not answer: {disk.words(error) if isinstance(error, OSError) else error}"

    def _refusal(self, said: str) -> str:
        if said not in _ABOUT_THE_USER:
            return f"{self._address} refuses the connection: {said}"
        if not self._address.user:
            return f"{self._address} wants a user: mqtt://USER@..."
        source = self._password_file or "AOI_MQTT_PASSWORD"
        return f"{self._address} refuses the user {self._address.user!r} with the password of {source}: {said}"


async def _done(receipts: Sequence[_Receipt]) -> None:
    """Returns when there are no receipts to wait for."""
    awaited = [receipt for receipt in receipts if isinstance(receipt, asyncio.Future)]
    if awaited:
        await asyncio.wait(awaited)
