"""Objects in a bucket of S3: of Amazon, or of MinIO, SeaweedFS and all others by their endpoint.

Keys of access, region and profile are found as boto3 finds them: in the environment, in `~/.aws`, or from the machine.
So are the authorities by which the certificate of `https://` is checked, with its name: AWS_CA_BUNDLE names their file.
"""

import mimetypes
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

from aoi_modules.errors import AoiError, MissingExtra
from aoi_modules.first_line import distrust
from aoi_modules.object_store.interface import CHUNK, Entry, NoSuchObject
from aoi_modules.object_store.place import BucketPlace

Answer = TypeVar("Answer")
CONNECT_SECONDS = 3.0
READ_SECONDS = 10.0
CONNECTIONS = 8
"""Threads that may ask at a time without waiting for each other."""
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
_TAKEN = ("PreconditionFailed", "ConditionalRequestConflict", "412", "409")
"""Codes of a key that is not free: somebody had it before, or gets it just now."""
_URL = re.compile(r' (?:on|to the) endpoint URL: ".*"')
"""What boto3 adds to its errors: the address with the object's name, which says nothing new."""


class Bucket:
    """A bucket with an object for each key; see `Objects`. The connection is made when it is first asked.

    Args:
        place: bucket and prefix.
        what: it is, for messages: `the picture store`.
        away: the error to raise where it takes or gives nothing.
        extra: the dependency group that brings boto3.

    Raises:
        MissingExtra: boto3 is not installed.
    """

    def __init__(self, place: BucketPlace, *, what: str, away: type[AoiError], extra: str) -> None:
        if find_spec("boto3") is None:
            raise MissingExtra("S3", package="boto3", extra=extra)
        self._place = place
        self._what = what
        self._error = away
        self._lock = threading.Lock()
        self._client: Any = None

    @property
    def name(self) -> str:
        """See `Objects`."""
        return self._place.name

    def put(self, key: str, content: bytes) -> None:
        """See `Objects`."""
        self._ask(lambda client: client.put_object(**self._named(key), Body=content))

    def send(self, key: str, file: Path) -> None:
        """See `Objects`."""
        with file.open("rb") as body:
            self._ask(lambda client: client.put_object(**self._named(key), Body=body))

    def create(self, key: str, content: bytes) -> bool:
        """See `Objects`."""
        if self._ask(partial(self._create, key, content)):
            return True
        try:
            return self.get(key) == content
        except NoSuchObject:  # the one who had it took it away again
            return False

    def get(self, key: str) -> bytes:
        """See `Objects`."""
        return self._ask(lambda client: self._read(client, key))

    def chunks(self, key: str) -> Iterator[bytes]:
        """See `Objects`."""
        body = self._ask(lambda client: self._opened(client, key))
        with body:
            while chunk := self._ask(lambda _client: bytes(body.read(CHUNK))):
                yield chunk

    def delete(self, keys: Sequence[str]) -> None:
        """See `Objects`."""
        stayed = []
        for start in range(0, len(keys), _DELETED_AT_ONCE):
            some = [{"Key": self._place.prefix + key} for key in keys[start : start + _DELETED_AT_ONCE]]
            stayed += self._ask(partial(_delete, self._place.bucket, some)).get("Errors", ())
        if stayed:
            raise self._refusal(stayed[0].get("Code", ""), stayed[0].get("Message", ""))

    def listed(self, prefix: str) -> Iterator[Entry]:
        """See `Objects`."""
        pages = self._ask(lambda client: self._pages(client, prefix))
        while (page := self._ask(lambda _client: next(pages, None))) is not None:
            for entry in page.get("Contents", ()):
                key = entry["Key"].removeprefix(self._place.prefix)
                yield Entry(key, entry["Size"], entry["LastModified"], entry.get("ETag", ""))

    def now(self) -> datetime:
        """See `Objects`."""
        answer = self._ask(
            lambda client: client.list_objects_v2(Bucket=self._place.bucket, Prefix=self._place.prefix, MaxKeys=1)
        )
        return parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])

    def forget_half_written(self, before: datetime) -> None:
        """A server keeps objects whole or not at all."""

    def close(self) -> None:
        """See `Objects`."""
        if self._client is not None:
            self._client.close()

    def _key(self, key: str) -> dict[str, str]:
        return {"Bucket": self._place.bucket, "Key": self._place.prefix + key}

    def _named(self, key: str) -> dict[str, str]:
        """An object with the kind of its content, which browsers of buckets show it by."""
        return {**self._key(key), "ContentType": mimetypes.guess_type(key)[0] or "application/octet-stream"}

    def _create(self, key: str, content: bytes, client: Any) -> bool:
        from botocore.exceptions import ClientError

        try:
            client.put_object(**self._named(key), Body=content, IfNoneMatch="*")
        except ClientError as error:
            if error.response.get("Error", {}).get("Code", "") in _TAKEN:
                return False
            raise
        return True

    def _pages(self, client: Any, prefix: str) -> Iterator[Any]:
        where = self._place.prefix + prefix
        return iter(client.get_paginator("list_objects_v2").paginate(Bucket=self._place.bucket, Prefix=where))

    def _read(self, client: Any, key: str) -> bytes:
        with self._opened(client, key) as body:
            content: bytes = body.read()
        return content

    def _opened(self, client: Any, key: str) -> Any:
        try:
            return client.get_object(**self._key(key))["Body"]
        except client.exceptions.NoSuchKey:
            raise NoSuchObject(key) from None

    def _ask(self, ask: Callable[[Any], Answer]) -> Answer:
        """Asks the server by a client; what goes wrong is said in one sentence."""
        from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

        try:
            return ask(self._connected())
        except ClientError as error:
            said = error.response.get("Error", {})
            raise self._refusal(said.get("Code", ""), said.get("Message", "")) from None
        except NoCredentialsError:
            raise self._error(
                f"{self._what} {self.name} needs keys, and none are set",
                hint="export AWS_ACCESS_KEY_ID=... AWS_SECRET_ACCESS_KEY=...",
            ) from None
        except (BotoCoreError, OSError) as error:
            if why := distrust(error):
                raise self._error(
                    f"{self._what} {self.name}: its certificate is not trusted: {why}",
                    hint="AWS_CA_BUNDLE names a PEM file of the authorities to trust",
                ) from None
            words = _short(_URL.sub("", str(error)))
            raise self._error(f"{self._what} {self.name} does not answer: {words}") from None

    def _connected(self) -> Any:
        import boto3
        from botocore.config import Config

        with self._lock:  # clients may be shared by threads, and may not be made by several
            if self._client is None:
                session = boto3.session.Session()
                self._client = session.client(
                    "s3",
                    endpoint_url=self._place.endpoint,
                    region_name=self._place.region or session.region_name or _DEFAULT_REGION,
                    config=Config(
                        connect_timeout=CONNECT_SECONDS,
                        read_timeout=READ_SECONDS,
                        retries={"mode": "standard", "total_max_attempts": _TRIES},
                        max_pool_connections=CONNECTIONS,
                        # of one's own servers, few have a name for each bucket, and old ones know no new checksums
                        s3={"addressing_style": "path" if self._place.endpoint else "auto"},
                        request_checksum_calculation="when_required",
                        response_checksum_validation="when_required",
                    ),
                )
        return self._client

    def _refusal(self, code: str, message: str) -> AoiError:
        words, way_out = _WORDS.get(code, (_short(": ".join(filter(None, (code, message)))), ""))
        return self._error(f"{self._what} {self.name} refuses: {words}", hint=way_out)


def _delete(bucket: str, keys: Sequence[dict[str, str]], client: Any) -> Any:
    return client.delete_objects(Bucket=bucket, Delete={"Objects": keys, "Quiet": True})


def _short(text: str) -> str:
    return text.partition("\n")[0][:300]
