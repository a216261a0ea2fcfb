"""How a webhook knows that a message is ours: HMAC-SHA256 over id, time and body, as Standard Webhooks writes it.

A receiver checks it by that specification's libraries, or by these lines, and refuses old times:

    import base64, hashlib, hmac, time

    def is_ours(secret: bytes, headers: dict[str, str], body: bytes) -> bool:
        moment = headers["webhook-timestamp"]
        signed = f"{headers['webhook-id']}.{moment}.".encode() + body
        digest = hmac.new(secret, signed, hashlib.sha256).digest()
        wanted = "v1," + base64.b64encode(digest).decode()
        given = headers["webhook-signature"].split(" ")
        fresh = abs(time.time() - int(moment)) < 300
        return fresh and any(hmac.compare_digest(wanted, one) for one in given)

The secret file has one secret a line. With two, messages are signed by both, so that a receiver may change from one to
the other meanwhile. `whsec_` stands before a secret in base64, as in Standard Webhooks; any other text is taken as is.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from pathlib import Path

from aoi_modules.errors import ResultsError
from aoi_modules.results.sinks.secret_file import read_secret

_BASE64 = "whsec_"


def read_secrets(path: Path) -> list[bytes]:
    """Reads the secrets from their file.

    Raises:
        ResultsError: it cannot be read, or has none.
    """
    lines = [line.strip() for line in read_secret(path, "secret_file").splitlines()]
    try:
        return [_secret(line) for line in lines if line]
    except binascii.Error:
        raise ResultsError(f"secret_file: {path}: expected base64 behind {_BASE64}") from None


def headers(secrets: Sequence[bytes], message_id: str, moment: int, body: bytes) -> dict[str, str]:
    """Writes the headers that sign a message.

    Args:
        secrets: by which it is signed.
        message_id: the same whenever this message is sent.
        moment: of sending, in seconds since 1970.
        body: of the message.
    """
    signed = f"{message_id}.{moment}.".encode() + body
    digests = [hmac.new(secret, signed, hashlib.sha256).digest() for secret in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(moment),
        "webhook-signature": " ".join(f"v1,{base64.b64encode(digest).decode()}" for digest in digests),
    }


def _secret(line: str) -> bytes:
    if line.startswith(_BASE64):
        return base64.b64decode(line.removeprefix(_BASE64), validate=True)
    return line.encode()
