"""One cluster's API, by the official client: objects as they are written, errors in a sentence."""

import json
import socket
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from aoi_modules.closing import Closing
from aoi_modules.errors import ClusterError

Object = dict[str, Any]
MANAGER = "aoi-k8s"
"""Our name among those who write fields of objects."""
CONNECT_SECONDS, READ_SECONDS = 5.0, 30.0
APPLY, MERGE, JSON = "application/apply-patch+yaml", "application/merge-patch+json", "application/json"


@dataclass(frozen=True)
class Kind:
    """How the API calls objects of a kind.

    Args:
        api: group and version, such as `apps/v1`.
        plural: `deployments`.
        namespaced: whether they belong to a namespace.
    """

    api: str
    plural: str
    namespaced: bool


class Refused(ClusterError):
    """The API's answer other than yes.

    Args:
        code: HTTP status.
        reason: the API's word for it, such as `AlreadyExists`.
    """

    def __init__(self, message: str, *, code: int, reason: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.code = code
        self.reason = reason


class Cluster(Closing):
    """A cluster. What it answers is JSON as the API has it.

    Args:
        context: of the kubeconfig; None for its current one.

    Attributes:
        context: its name.
        server: URL of the API.

    Raises:
        ClusterError: there is no kubeconfig, or no such context.
    """

    def __init__(self, context: str | None = None) -> None:
        from kubernetes import config
        from kubernetes.config.config_exception import ConfigException

        try:
            contexts, current = config.list_kube_config_contexts()
            self.context = context or current["name"]
            if self.context not in [one["name"] for one in contexts]:
                known = ", ".join(sorted(one["name"] for one in contexts))
                raise ClusterError(f"--context: expected one of {known}. Received: {self.context!r}")
            self._api = config.new_client_from_config(context=self.context)
        except (ConfigException, OSError, TypeError, KeyError) as error:
            words = " ".join(str(error).split())[:200]
            raise ClusterError(
                f"no cluster is known here: {words}", hint="export KUBECONFIG=FILE, as whoever runs the cluster gave it"
            ) from None
        self.server = str(self._api.configuration.host)
        self._kinds: dict[tuple[str, str], Kind] = {}

    @property
    def local(self) -> bool:
        """Whether its API listens on an address of this machine."""
        host = urlsplit(self.server).hostname or ""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with suppress(OSError), socket.socket(family) as probe:  # only an address of this machine can be bound
            probe.bind((host, 0))
            return True
        return False

    def close(self) -> None:
        """Hangs up."""
        self._api.rest_client.pool_manager.clear()

    def version(self) -> str:
        """Of Kubernetes, such as `v1.37.0`."""
        return str(self.ask("GET", "/version")["gitVersion"])

    def kind(self, api: str, name: str) -> Kind:
        """How the API calls a kind.

        Raises:
            ClusterError: the cluster does not know it.
        """
        if (api, name) not in self._kinds:
            found = self.ask("GET", _root(api), missing={"resources": []})
            for one in found["resources"]:
                if "/" not in one["name"]:
                    self._kinds[api, one["kind"]] = Kind(api, one["name"], one["namespaced"])
        if (api, name) not in self._kinds:
            raise ClusterError(
                f"the cluster knows no {name} of {api}", hint="install what defines it, or leave its component out"
            )
        return self._kinds[api, name]

    def get(self, api: str, kind: str, name: str, namespace: str = "") -> Object | None:
        """An object; None where there is none."""
        found: Object | None = self.ask("GET", self._path(self.kind(api, kind), namespace, name), missing=None)
        return found

    def found(self, written: Mapping[str, Any]) -> Object | None:
        """The object as the cluster has it that is called like one that is written."""
        meta = written["metadata"]
        return self.get(written["apiVersion"], written["kind"], meta["name"], meta.get("namespace", ""))

    def listed(self, api: str, kind: str, namespace: str = "", labels: str = "", fields: str = "") -> list[Object]:
        """Objects of a kind in a namespace, or in all; labels and fields select among them."""
        query = {"labelSelector": labels, "fieldSelector": fields}
        answer = self.ask("GET", self._path(self.kind(api, kind), namespace), query=query)
        return [{"apiVersion": api, "kind": kind, **one} for one in answer["items"]]

    def apply(self, written: Mapping[str, Any], *, force: bool = False, dry_run: bool = False) -> Object:
        """Gives an object the fields that are written, by server-side apply.

        Args:
            written: with name, and namespace where it has one.
            force: takes fields over that somebody else set to other values.
            dry_run: the API checks and answers, and keeps nothing.

        Raises:
            Refused: the API does not take it.
        """
        meta = written["metadata"]
        path = self._path(self.kind(written["apiVersion"], written["kind"]), meta.get("namespace", ""), meta["name"])
        query = {"fieldManager": MANAGER, "force": "true" if force else "", "dryRun": "All" if dry_run else ""}
        applied: Object = self.ask("PATCH", path, query=query, body=written, content=APPLY)
        return applied

    def create(self, written: Mapping[str, Any]) -> Object:
        """Makes an object that is not there yet.

        Raises:
            Refused: it is there, or the API does not take it.
        """
        path = self._path(self.kind(written["apiVersion"], written["kind"]), written["metadata"].get("namespace", ""))
        made: Object = self.ask("POST", path, query={"fieldManager": MANAGER}, body=written)
        return made

    def merge(self, written: Mapping[str, Any], change: Mapping[str, Any]) -> Object:
        """Changes some fields of an object."""
        meta = written["metadata"]
        path = self._path(self.kind(written["apiVersion"], written["kind"]), meta.get("namespace", ""), meta["name"])
        changed: Object = self.ask("PATCH", path, query={"fieldManager": MANAGER}, body=change, content=MERGE)
        return changed

    def delete(self, written: Mapping[str, Any], *, wait_for_parts: bool = False) -> bool:
        """Deletes an object, and what it made; False where there is none.

        Args:
            written: its kind and names.
            wait_for_parts: it goes after its pods, so that who looks for it waits for them.
        """
        meta = written["metadata"]
        path = self._path(self.kind(written["apiVersion"], written["kind"]), meta.get("namespace", ""), meta["name"])
        query = {"propagationPolicy": "Foreground" if wait_for_parts else "Background"}
        return self.ask("DELETE", path, query=query, missing=None) is not None

    def log(self, namespace: str, pod: str, container: str, *, lines: int, previous: bool = False) -> list[str]:
        """The last lines that a container said; none where there are none."""
        path = f"/api/v1/namespaces/{namespace}/pods/{pod}/log"
        query = {"container": container, "tailLines": str(lines), "previous": "true" if previous else ""}
        try:
            return self._text("GET", path, query).splitlines()
        except Refused:  # it has not started, or nothing is left of the one before
            return []

    def ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: object = None,
        content: str = JSON,
        missing: Any = ...,
    ) -> Any:
        """Asks the API, and gives its answer.

        Args:
            method: of HTTP.
            path: from `/` on.
            query: empty values are left out.
            body: as JSON.
            content: its media type.
            missing: given where there is no such thing; without it that is an error.

        Raises:
            Refused: the API says no.
            ClusterError: it does not answer.
        """
        try:
            return json.loads(self._text(method, path, query or {}, body, content))
        except Refused as error:
            if error.code == 404 and missing is not ...:
                return missing
            raise

    def _text(self, method: str, path: str, query: Mapping[str, str], body: object = None, content: str = JSON) -> str:
        from urllib3.exceptions import HTTPError

        given = urlencode({key: value for key, value in query.items() if value})
        headers = {"Accept": f"{JSON}, */*", "Content-Type": content}
        try:
            request = self._api.param_serialize(
                method, path + (f"?{given}" if given else ""), header_params=headers, auth_settings=["BearerToken"]
            )
            payload = None if body is None else json.dumps(body)
            answer = self._api.call_api(
                *request[:3], body=_body(payload, content), _request_timeout=(CONNECT_SECONDS, READ_SECONDS)
            )
            text = (answer.read() or b"").decode(errors="replace")
        except (HTTPError, OSError) as error:
            raise ClusterError(
                f"the cluster {self.context} at {self.server} does not answer: {_cause(error)}",
                hint="is it up, and is KUBECONFIG that of this cluster?",
            ) from None
        if not 200 <= answer.status < 300:
            raise self._refused(answer.status, text, method, path)
        return text

    def _refused(self, code: int, text: str, method: str, path: str) -> Refused:
        try:
            said = json.loads(text)
        except ValueError:
            said = {}
        words = " ".join(str(said.get("message") or text or "no reason given").split())[:600]
        hint = _WAYS_OUT.get(code, "")
        if code == 401:
            words = f"the cluster {self.context} does not know who asks: {words}"
        elif code == 403 and "forbidden: User" in words:
            words = f"the cluster {self.context} does not allow this: {words}"
        else:
            hint = "" if code == 403 else hint
        return Refused(words or f"{method} {path}: {code}", code=code, reason=str(said.get("reason", "")), hint=hint)

    def _path(self, kind: Kind, namespace: str = "", name: str = "") -> str:
        parts = [_root(kind.api)]
        if kind.namespaced and namespace:
            parts += ["namespaces", quote(namespace, safe="")]
        return "/".join([*parts, kind.plural, *([quote(name, safe="")] if name else [])])


_WAYS_OUT = {
    401: "export KUBECONFIG=FILE with credentials that are still good",
    403: "ask whoever runs the cluster for a role that may do this",
}


def _root(api: str) -> str:
    return f"/apis/{api}" if "/" in api else f"/api/{api}"


def _body(payload: str | None, content: str) -> Any:
    """As the client's transport takes it: JSON it writes itself, everything else it sends as it is."""
    if payload is None:
        return None
    return json.loads(payload) if content in (JSON, MERGE) else payload


def _cause(error: Exception) -> str:
    """Why there is no connection, without the addresses of Python's objects."""
    reason: object = getattr(error, "reason", None) or error
    words = str(reason).rpartition(">: ")[2] if ">: " in str(reason) else str(reason)
    return " ".join(words.split())[:200]


def names(objects: Sequence[Mapping[str, Any]]) -> set[tuple[str, str, str, str]]:
    """What tells objects from each other: API, kind, namespace, name."""
    return {identity(one) for one in objects}


def identity(one: Mapping[str, Any]) -> tuple[str, str, str, str]:
    """API group, kind, namespace and name; a newer version of the API has the same objects."""
    meta = one["metadata"]
    return one["apiVersion"].rpartition("/")[0], one["kind"], meta.get("namespace", ""), meta["name"]
