"""Secrets of the line, made in the cluster itself: nobody sees them, and what is there stays.

Four Secrets are the source of the others: `aoi-data/postgresql` has the password of the owner of all tables,
`aoi-data/writers` that of gateways, which change rows alone, `aoi-data/watchers` those of who only looks at it, and
`aoi-data/object-store` who may do what in the store. What others need of them is written beside their pods.
"""

import base64
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from aoi_modules.cluster.live.certificates import self_signed
from aoi_modules.cluster.live.connection import Cluster, Refused
from aoi_modules.cluster.live.secret_needs import needed_secrets
from aoi_modules.cluster.policies.pods import pods
from aoi_modules.errors import ClusterError

Object = dict[str, Any]
Texts = Mapping[str, str]
"""Keys of a Secret and their texts."""
DATA = "aoi-data"
POSTGRESQL, STORE = (DATA, "postgresql"), (DATA, "object-store")
WRITERS, WATCHERS = (DATA, "writers"), (DATA, "watchers")
"""Passwords of those who change rows of the database, and of those who only look."""
AUTHORITY = "gateway-ca"
"""The ConfigMap that says whom to trust for the gateway's certificate."""
WHO = ("admin", "gateway", "serving", "trainer")
"""Who has a key of the object store."""
RIGHTS: Mapping[str, Sequence[str]] = {
    "admin": ("Admin", "Read", "Write", "List", "Tagging"),
    "gateway": ("Read:pictures", "Write:pictures", "List:pictures"),
    "serving": ("Read:models", "List:models"),
    "trainer": tuple(f"{right}:{bucket}" for bucket in ("models", "sources") for right in ("Read", "Write", "List")),
}
"""What each may do, in SeaweedFS' words."""
GATEWAY_NAMES = (
    "gateway",
    "gateway.aoi",
    "gateway.aoi.svc",
    "*.gateway-pods",
    "*.gateway-pods.aoi",
    "gateway-pods.aoi",
)
"""By which the gateway is called inside the cluster."""
CERTIFICATE_DAYS = 825


def make_secrets(cluster: Cluster, objects: Sequence[Object]) -> dict[str, bool]:
    """Makes the Secrets that the pods of an overlay need and the cluster lacks.

    Args:
        cluster: in which their namespaces are.
        objects: of the overlay, as they are rendered.

    Returns:
        `NAMESPACE/NAME` -> whether it was made now.

    Raises:
        ClusterError: the cluster does not allow it, or one is needed of which nothing is known here.
        MissingExtra: a certificate is needed, and nothing here can make one.
    """
    needed = needed_secrets(objects)
    unknown = [
        f"{room}/{name}" for room, name in needed if (room, name) not in _MAKERS and not _is_trainees(room, name)
    ]
    if unknown:
        raise ClusterError(
            f"nothing is known here of the Secrets {', '.join(unknown)}", hint="make them by kubectl create secret"
        )
    made = {f"{room}/{name}": _ensure(cluster, room, name)[1] for room, name in sorted(needed, key=_sources_first)}
    if any(pod.namespace == "monitoring" for pod in pods(objects)):
        _bring_authority(cluster, "monitoring")
    return made


def _sources_first(secret: tuple[str, str]) -> tuple[bool, str, str]:
    return secret not in (POSTGRESQL, STORE, WRITERS, WATCHERS), *secret


def _bring_authority(cluster: Cluster, room: str) -> None:
    """Tells another room whom to trust for the gateway's certificate; nothing where nobody knows it."""
    found = cluster.get("v1", "ConfigMap", AUTHORITY, "aoi")
    if found is not None:
        cluster.apply(_authority(room, found["data"]["ca.crt"]), force=True)


def _authority(room: str, certificate: str) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": AUTHORITY, "namespace": room, "labels": _LABELS},
        "data": {"ca.crt": certificate},
    }


def _ensure(cluster: Cluster, room: str, name: str) -> tuple[Texts, bool]:
    """What a Secret has, and whether it had to be made."""
    found = cluster.get("v1", "Secret", name, room)
    if found is not None:
        return _texts(found), False
    make = _MAKERS.get((room, name), _token)
    texts = make(cluster)
    kind = "kubernetes.io/tls" if "tls.crt" in texts else "Opaque"
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": kind,
        "metadata": {"name": name, "namespace": room, "labels": _LABELS},
        "data": {key: base64.b64encode(text.encode()).decode() for key, text in texts.items()},
    }
    try:
        cluster.create(secret)
    except Refused as error:
        if error.reason != "AlreadyExists":
            raise
        return _ensure(cluster, room, name)  # somebody was quicker
    return texts, True


def _texts(secret: Object) -> Texts:
    return {key: base64.b64decode(value).decode() for key, value in secret.get("data", {}).items()}


def _password(_: Cluster) -> Texts:
    return {"password": secrets.token_urlsafe(24)}


def _writers(_: Cluster) -> Texts:
    return {"gateway": secrets.token_urlsafe(24)}


def _address(who: str, source: tuple[str, str], key: str) -> Callable[[Cluster], Texts]:
    """Makes the address by which somebody comes to the database."""

    def address(cluster: Cluster) -> Texts:
        password = quote(_of(cluster, source, key), safe="")
        return {"url": f"postgresql://{who}:{password}@postgresql.{DATA}/results"}

    return address


def _store(_: Cluster) -> Texts:
    """Keys for everybody, the store's own file of them, and the options of its console."""
    keys = {f"{who}.key": secrets.token_hex(10) for who in WHO} | {
        f"{who}.secret": secrets.token_hex(20) for who in WHO
    }
    identities = [
        {
            "name": who,
            "credentials": [{"accessKey": keys[f"{who}.key"], "secretKey": keys[f"{who}.secret"]}],
            "actions": list(RIGHTS[who]),
        }
        for who in WHO
    ]
    console = f"adminUser=admin\nadminPassword={secrets.token_urlsafe(18)}\n"
    return {**keys, "s3.json": json.dumps({"identities": identities}, indent=1), "console": console}


def _keys_of(who: str) -> Callable[[Cluster], Texts]:
    """Makes the variables by which boto3 finds somebody's key."""

    def keys(cluster: Cluster) -> Texts:
        return {
            "AWS_ACCESS_KEY_ID": _of(cluster, STORE, f"{who}.key"),
            "AWS_SECRET_ACCESS_KEY": _of(cluster, STORE, f"{who}.secret"),
        }

    return keys


def _certificate(cluster: Cluster) -> Texts:
    """A certificate of the gateway; whom to trust for it stands in a ConfigMap, for everybody."""
    made = self_signed("gateway.aoi.svc", GATEWAY_NAMES, CERTIFICATE_DAYS)
    cluster.apply(_authority("aoi", made.authority), force=True)
    return {"tls.crt": made.certificate, "tls.key": made.key, "ca.crt": made.authority}


def _watchers(_: Cluster) -> Texts:
    return {who: secrets.token_urlsafe(24) for who in ("grafana", "exporter")}


def _grafana(cluster: Cluster) -> Texts:
    """The password of its admin, and its own at the database."""
    return {"password": secrets.token_urlsafe(24), "results": _of(cluster, WATCHERS, "grafana")}


def _exporter(cluster: Cluster) -> Texts:
    return {"password": _of(cluster, WATCHERS, "exporter")}


def _token(_: Cluster) -> Texts:
    """For Jupyter; without a line break, which it would take for a part of it."""
    return {"token": secrets.token_urlsafe(32)}


def _of(cluster: Cluster, source: tuple[str, str], key: str) -> str:
    texts, _ = _ensure(cluster, *source)
    if key not in texts:
        room, name = source
        raise ClusterError(
            f"the Secret {room}/{name} has no key {key!r}", hint="it was made by other means; add the key"
        )
    return texts[key]


def _is_trainees(room: str, name: str) -> bool:
    """Whether it is the token of one trainee among several."""
    return room == "jupyter" and name.startswith("jupyter-")


_LABELS = {
    "app.kubernetes.io/part-of": "aoi", "app.kubernetes.io/component": "secrets",
    "app.kubernetes.io/managed-by": "aoi-k8s",
}  # fmt: skip
_MAKERS: Mapping[tuple[str, str], Callable[[Cluster], Texts]] = {
    POSTGRESQL: _password,
    STORE: _store,
    ("aoi", "database"): _address("gateway", WRITERS, "gateway"),
    ("aoi", "database-owner"): _address("aoi", POSTGRESQL, "password"),
    ("aoi", "gateway-tls"): _certificate,
    ("aoi", "s3-gateway"): _keys_of("gateway"),
    ("aoi", "s3-serving"): _keys_of("serving"),
    (DATA, "s3-admin"): _keys_of("admin"),
    WRITERS: _writers,
    WATCHERS: _watchers,
    ("monitoring", "grafana"): _grafana,
    ("monitoring", "postgresql-exporter"): _exporter,
    ("jupyter", "s3-trainer"): _keys_of("trainer"),
    ("jupyter", "jupyter"): _token,
}
