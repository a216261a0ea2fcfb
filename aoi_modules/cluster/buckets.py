"""Buckets that the line needs, in whatever store of S3 there is."""

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

from aoi_modules.errors import ClusterError, MissingExtra

CONNECT_SECONDS, READ_SECONDS, TRIES = 5.0, 20.0, 3


def make_buckets(endpoint: str, names: Sequence[str]) -> list[str]:
    """Makes the buckets that are missing; keys are found as boto3 finds them.

    Args:
        endpoint: `http://HOST:PORT`.
        names: of the buckets.

    Returns:
        Those that were made.

    Raises:
        MissingExtra: boto3 is not installed.
        ClusterError: the store does not answer, or refuses.
    """
    if find_spec("boto3") is None:
        raise MissingExtra("S3", package="boto3", extra="station")
    from botocore.exceptions import BotoCoreError, ClientError

    client = _client(endpoint)
    try:
        return [name for name in names if _make(client, name)]
    except ClientError as error:
        said = error.response.get("Error", {})
        words = f"{said.get('Code', '')}: {said.get('Message', '')}"
        raise ClusterError(
            f"the store {endpoint} makes no bucket: {words}", hint="AWS_ACCESS_KEY_ID has to be the key of an admin"
        ) from None
    except (BotoCoreError, OSError, ValueError) as error:
        raise ClusterError(f"the store {endpoint} does not answer: {' '.join(str(error).split())[:300]}") from None
    finally:
        client.close()


def _make(client: Any, name: str) -> bool:
    """Makes a bucket; False if it is there."""
    if _is_there(client, name):
        return False
    try:
        client.create_bucket(Bucket=name)
    except (client.exceptions.BucketAlreadyOwnedByYou, client.exceptions.BucketAlreadyExists):
        return False  # somebody was quicker
    return True


def _is_there(client: Any, name: str) -> bool:
    return name in {one["Name"] for one in client.list_buckets().get("Buckets", ())}


def _client(endpoint: str) -> Any:
    import boto3
    from botocore.config import Config

    waits = Config(connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS, retries={"total_max_attempts": TRIES})
    session = boto3.session.Session()
    return session.client("s3", endpoint_url=endpoint, region_name=session.region_name or "us-east-1", config=waits)
