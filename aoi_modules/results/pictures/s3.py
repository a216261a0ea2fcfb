"""Pictures in a bucket of S3: of Amazon, or of MinIO, SeaweedFS and all others by their endpoint.

Keys, region and profile are found as boto3 finds them: in the environment, in `~/.aws`, or from the machine.
"""

import mimetypes
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib.util import find_spec
from typing import Any, TypeVar

from aoi_modules.errors import MissingExtra, NoSuchResult, PictureStoreAway
from aoi_modules.results.pictures.addresses import is_address
from aoi_modules.results.pictures.store import THREADS, Kept

Answer = TypeVar("Answer")
CONNECT_SECONDS = 3.0
READ_SECONDS = 10.0
_TRIES = 2
_DEFAULT_REGION = "us-east-1"
_DELETED_AT_ONCE = 1000
_WORDS = {
    "NoSuchBucket": ("there is no such bucket", "make it, or name another one"),
    "InvalidAccessKeyId": ("it does not know the access key", "set AWS_ACCESS_KEY_ID to one that it knows"),
    "SignatureDoesNotMatch": (
        "the secret key does not belong to the access key", "set AWS_SECRET_ACCESS_KEY to the one that does",
    ),
    "AccessDenied": (
        "the access key may not do this",
        "make the bucket if it is missing, and let the key list, read, write and delete in it",
    ),
    "RequestTimeTooSkewed": ("the clocks differ too much", "set the clock of this machine"),
}  # fmt: skip
"""Codes of S3 in our words, each with a way out."""
_URL = re.compile(r' (?:on|to the) endpoint URL: ".*"')
"""What boto3 adds to its errors: the address with the picture's name, which says nothing new."""


class S3Shelf:
    """A bucket with an object for each picture. The connection is made when the first picture comes.

    Args:
        bucket: its name.
        prefix: of all objects; empty, or ending in `/`.
        endpoint: `http://HOST:PORT`; None for Amazon's.
        region: None for the configured one.

    Raises:
        MissingExtra: boto3 is not installed.
    """

    def __init__(
        self, bucket: str, prefix: str = "", *, endpoint: str | None = None, region: str | None = None
    ) -> None:
        if find_spec("boto3") is None:
            raise MissingExtra("S3", package="boto3", extra="station")
        self._bucket = bucket
        self._prefix = prefix
        self._endpoint = endpoint
        self._region = region
        self._lock = threading.Lock()
        self._client: Any = None

    @property
    def name(self) -> str:
        """The address, without keys."""
        return f"s3://{self._bucket}/{self._prefix}" + (f" at {self._endpoint}" if self._endpoint else "")

    def put(self, address: str, picture: bytes) -> None:
        """See `Shelf`."""
        kind = mimetypes.guess_type(address)[0] or "application/octet-stream"
        place = self._place(address)
        self._ask(lambda client: client.put_object(**place, Body=picture, ContentType=kind))

    def get(self, address: str) -> bytes:
        """See `Shelf`."""
        return self._ask(lambda client: self._read(client, address))

    def delete(self, addresses: Sequence[str]) -> None:
        """See `Shelf`."""
        for start in range(0, len(addresses), _DELETED_AT_ONCE):
            keys = [{"Key": self._prefix + address} for address in addresses[start : start + _DELETED_AT_ONCE]]
            answer = self._ask(partial(_delete, self._bucket, keys))
            for refused in answer.get("Errors", ()):
                raise self._away(refused.get("Code", ""), refused.get("Message", ""))

    def listed(self) -> Iterator[Kept]:
        """See `Shelf`."""
        pages = self._ask(self._pages)
        while (page := self._ask(lambda client: next(pages, None))) is not None:
            for entry in page.get("Contents", ()):
                address = entry["Key"].removeprefix(self._prefix)
                if is_address(address):
                    yield Kept(address, entry["Size"])

    def close(self) -> None:
        """See `Shelf`."""
        if self._client is not None:
            self._client.close()

    def _place(self, address: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": self._prefix + address}

    def _pages(self, client: Any) -> Iterator[Any]:
        return iter(client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=self._prefix))

    def _read(self, client: Any, address: str) -> bytes:
        try:
            answer = client.get_object(**self._place(address))
        except client.exceptions.NoSuchKey:
            raise NoSuchResult(f"no picture {address} in {self.name}") from None
        with answer["Body"] as body:
            picture: bytes = body.read()
        return picture

    def _ask(self, ask: Callable[[Any], Answer]) -> Answer:
        """Asks the server by a client; what goes wrong is said in one sentence."""
        from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

        try:
            return ask(self._connected())
        except ClientError as error:
            said = error.response.get("Error", {})
            raise self._away(said.get("Code", ""), said.get("Message", "")) from None
        except NoCredentialsError:
            raise PictureStoreAway(
                f"the picture store {self.name} needs keys, and none are set",
                hint="export AWS_ACCESS_KEY_ID=... AWS_SECRET_ACCESS_KEY=...",
            ) from None
        except (BotoCoreError, OSError) as error:
            words = _short(_URL.sub("", str(error)))
            raise PictureStoreAway(f"the picture store {self.name} does not answer: {words}") from None

    def _connected(self) -> Any:
        import boto3
        from botocore.config import Config

        with self._lock:  # clients may be shared by threads, and may not be made by several
            if self._client is None:
                session = boto3.session.Session()
                self._client = session.client(
                    "s3",
                    endpoint_url=self._endpoint,
                    region_name=self._region or session.region_name or _DEFAULT_REGION,
                    config=Config(
                        connect_timeout=CONNECT_SECONDS,
                        read_timeout=READ_SECONDS,
                        retries={"mode": "standard", "total_max_attempts": _TRIES},
                        max_pool_connections=THREADS,
                        # of one's own servers, few have a name for each bucket, and old ones know no new checksums
                        s3={"addressing_style": "path" if self._endpoint else "auto"},
                        request_checksum_calculation="when_required",
                        response_checksum_validation="when_required",
                    ),
                )
        return self._client

    def _away(self, code: str, message: str) -> PictureStoreAway:
        words, way_out = _WORDS.get(code, (_short(": ".join(filter(None, (code, message)))), ""))
        return PictureStoreAway(f"the picture store {self.name} refuses: {words}", hint=way_out)


def _delete(bucket: str, keys: Sequence[dict[str, str]], client: Any) -> Any:
    return client.delete_objects(Bucket=bucket, Delete={"Objects": keys, "Quiet": True})


def _short(text: str) -> str:
    return text.partition("\n")[0][:300]
