"""A store with buckets for one lesson: SeaweedFS on free ports where it is installed, else a folder that stands in."""

import json
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from aoi_modules.closing import Closing
from aoi_modules.errors import CourseError
from aoi_modules.machine.free_ports import free_ports

START = 90.0
"""Seconds for the server to take its first object."""
REGION = "us-east-1"
_PROGRAM = "weed"
_PORTS = ("master", "volume", "filer", "s3")


class FolderClient:
    """The few methods of boto3's client that the lesson calls, for a folder.

    Args:
        root: has a folder for each bucket.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def create_bucket(self, Bucket: str) -> None:  # noqa: N803 - boto3's name
        """Makes a bucket.

        Raises:
            CourseError: it is there.
        """
        if (self._root / Bucket).is_dir():
            raise CourseError(f"BucketAlreadyOwnedByYou: the bucket {Bucket!r} is there", hint="go on with it")
        (self._root / Bucket).mkdir()

    def upload_file(self, Filename: str, Bucket: str, Key: str) -> None:  # noqa: N803
        """Puts a file into a bucket.

        Raises:
            CourseError: there is no such bucket.
        """
        if not (self._root / Bucket).is_dir():
            raise CourseError(f"NoSuchBucket: there is no bucket {Bucket!r}", hint="create_bucket comes first")
        target = self._root / Bucket / Key
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(Filename, target)


class Store(Closing):
    """A store that is empty at first.

    Args:
        folder: of its files, absolute.
        program: SeaweedFS; None for a folder that stands in.

    Attributes:
        s3: boto3's client, or what stands in for it.
        endpoint: `http://HOST:PORT`; empty for a folder.

    Raises:
        CourseError: the server does not start.
    """

    def __init__(self, folder: Path, program: Path | None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = Path(tempfile.mkdtemp(dir=folder))  # a lesson's cell may run twice
        self._process: subprocess.Popen[bytes] | None = None
        self._key, self._secret = secrets.token_hex(8), secrets.token_hex(16)
        self.endpoint = ""
        self.s3: Any = FolderClient(self._folder)
        if program is not None:
            self._start(program)

    @classmethod
    def open(cls, folder: Path) -> "Store":
        """The store of this machine: a server where SeaweedFS and boto3 are installed, else a folder."""
        beside = Path(sys.executable).with_name(_PROGRAM)
        found = str(beside) if beside.is_file() else shutil.which(_PROGRAM)
        return cls(folder, Path(found) if found and find_spec("boto3") else None)

    @property
    def real(self) -> bool:
        """Whether it is a server of S3."""
        return bool(self.endpoint)

    @property
    def environment(self) -> Mapping[str, str]:
        """The keys of access, as programs find them."""
        if not self.real:
            return {}
        return {
            "AWS_ACCESS_KEY_ID": self._key,
            "AWS_SECRET_ACCESS_KEY": self._secret,
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        }

    def place(self, bucket: str) -> str:
        """The address of a bucket, as our commands take it."""
        return f"s3://{bucket}?endpoint={self.endpoint}" if self.real else str(self._folder / bucket)

    def contents(self, bucket: str) -> dict[str, bytes] | None:
        """All objects of a bucket by their keys; None where there is no such bucket."""
        if not self.real:
            root = self._folder / bucket
            found = sorted(path for path in root.rglob("*") if path.is_file())
            return {path.relative_to(root).as_posix(): path.read_bytes() for path in found} if root.is_dir() else None
        if bucket not in {one["Name"] for one in self.s3.list_buckets().get("Buckets", ())}:
            return None
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        return {one["Key"]: self._content(bucket, one["Key"]) for page in pages for one in page.get("Contents", ())}

    def close(self) -> None:
        """Ends the server, and takes its files away."""
        if self._process is not None:
            self._process.kill()  # it would take half a minute to say farewell
            self._process.wait(60)
            self._process = None
            self.s3.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _content(self, bucket: str, key: str) -> bytes:
        with self.s3.get_object(Bucket=bucket, Key=key)["Body"] as body:
            return bytes(body.read())

    def _start(self, program: Path) -> None:
        import boto3

        ports = dict(zip(_PORTS, _pairs(len(_PORTS)), strict=True))
        words = [f"-{name}.port={http}" for name, (http, _) in ports.items()]
        words += [f"-{name}.port.grpc={grpc}" for name, (_, grpc) in ports.items()]
        identity = {
            "name": "trainee",
            "credentials": [{"accessKey": self._key, "secretKey": self._secret}],
            "actions": ["Admin", "Read", "Write", "List"],
        }
        config = self._folder / "s3.json"
        config.write_text(json.dumps({"identities": [identity]}))
        (self._folder / "data").mkdir()
        command = [
            *_ends_with_us(), str(program), "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1",
            f"-dir={self._folder / 'data'}", *words, "-s3", f"-s3.config={config}", "-s3.port.iceberg=0",
            "-s3.port.lance=0", "-s3.iam=false", "-master.telemetry=false", "-master.volumeSizeLimitMB=64",
            "-volume.max=100", "-master.electionTimeout=1s",
        ]  # fmt: skip
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self._folder)
        self.endpoint = f"http://127.0.0.1:{ports['s3'][0]}"
        keys = {"aws_access_key_id": self._key, "aws_secret_access_key": self._secret}
        session = boto3.session.Session()
        self.s3 = session.client("s3", endpoint_url=self.endpoint, region_name=REGION, **keys)
        self._wait()

    def _wait(self) -> None:
        """Waits until an object can be put; the server answers long before that."""
        from botocore.exceptions import BotoCoreError, ClientError

        end = time.monotonic() + START
        while True:
            with suppress(BotoCoreError, ClientError):
                self.s3.create_bucket(Bucket="ready")
                self.s3.put_object(Bucket="ready", Key="ready", Body=b"yes")
                return
            ended = self._process is None or self._process.poll() is not None
            if ended or time.monotonic() > end:
                self.close()
                raise CourseError(f"SeaweedFS did not start within {START:g} s", hint="run the cell again")
            time.sleep(0.2)


def _ends_with_us() -> list[str]:
    """Words before a program that ends it when this process is gone, however that ends."""
    found = shutil.which("setpriv")
    return [found, "--pdeathsig", "KILL"] if found else []


def _pairs(number: int) -> list[tuple[int, int]]:
    """Pairs of free ports."""
    ports = free_ports(2 * number)
    return list(zip(ports[::2], ports[1::2], strict=True))
