"""An API server for tests, over HTTP and in memory: it keeps objects, and knows what a field manager is.

What only controllers do, tests write into the objects. What the line does in a real cluster is tested with one, see
tests/cluster/real.
"""

import copy
import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

Object = dict[str, Any]
Place = tuple[str, str, str, str]
"""API, plural, namespace, name."""
KINDS: Mapping[str, Mapping[str, tuple[str, bool]]] = {
    "v1": {
        "Namespace": ("namespaces", False), "ConfigMap": ("configmaps", True), "Secret": ("secrets", True),
        "Service": ("services", True), "ServiceAccount": ("serviceaccounts", True), "Pod": ("pods", True),
        "Event": ("events", True), "PersistentVolumeClaim": ("persistentvolumeclaims", True),
        "ResourceQuota": ("resourcequotas", True), "LimitRange": ("limitranges", True),
    },
    "apps/v1": {"Deployment": ("deployments", True), "StatefulSet": ("statefulsets", True)},
    "batch/v1": {"Job": ("jobs", True)},
    "policy/v1": {"PodDisruptionBudget": ("poddisruptionbudgets", True)},
    "networking.k8s.io/v1": {"NetworkPolicy": ("networkpolicies", True)},
    "scheduling.k8s.io/v1": {"PriorityClass": ("priorityclasses", False)},
    "autoscaling/v2": {"HorizontalPodAutoscaler": ("horizontalpodautoscalers", True)},
}  # fmt: skip
_PATH = re.compile(r"/(?:api/(v1)|apis/([^/]+/[^/]+))(?:/namespaces/([^/]+)(?=/))?/([a-z]+)(?:/([^/]+))?(?:/(log))?")


class Api:
    """What the server has.

    Attributes:
        objects: by place.
        logs: of containers, by pod and container.
        refuse: is asked before each request, by method and path; gives status and words to refuse with.
        asked: every request, as method and path.
    """

    def __init__(self) -> None:
        self.objects: dict[Place, Object] = {}
        self.logs: dict[tuple[str, str], str] = {}
        self.refuse: Callable[[str, str], tuple[int, str] | None] = lambda method, path: None
        self.asked: list[str] = []
        self.applied: Callable[[Object], None] = lambda one: None
        self._count = 0

    def of(self, kind: str, name: str, namespace: str = "") -> Object:
        """An object that is there."""
        return next(one for place, one in self.objects.items() if self._is(place, one, kind, name, namespace))

    def names(self, kind: str) -> list[str]:
        """Of all objects of a kind."""
        return sorted(place[3] for place, one in self.objects.items() if one["kind"] == kind)

    def put(self, one: Object) -> Object:
        """Puts an object there."""
        plural, namespaced = KINDS[one["apiVersion"]][one["kind"]]
        meta = one["metadata"]
        place = (one["apiVersion"], plural, meta.get("namespace", "") if namespaced else "", meta["name"])
        self._count += 1
        before = self.objects.get(place, {}).get("metadata", {})
        meta.setdefault("uid", before.get("uid", f"uid-{self._count}"))
        meta["generation"] = before.get("generation", 0) + 1
        self.objects[place] = one
        return one

    def answer(self, method: str, target: str, body: bytes) -> tuple[int, object]:
        """What is answered to a request."""
        url = urlsplit(target)
        query = {key: values[-1] for key, values in parse_qs(url.query).items()}
        self.asked.append(f"{method} {url.path}")
        if (refused := self.refuse(method, url.path)) is not None:
            return refused[0], {"message": refused[1], "reason": HTTPStatus(refused[0]).phrase.replace(" ", "")}
        if url.path == "/version":
            return 200, {"gitVersion": "v1.37.0"}
        if (kinds := KINDS.get(url.path.removeprefix("/apis/").removeprefix("/api/"))) is not None:
            listed = [{"name": name, "kind": kind, "namespaced": spaced} for kind, (name, spaced) in kinds.items()]
            return 200, {"resources": listed}
        match = _PATH.fullmatch(url.path)
        if match is None:
            return 404, {"message": "the server could not find the requested resource", "reason": "NotFound"}
        core, group, namespace, plural, name, log = match.groups()
        if log:
            said = self.logs.get((name, query.get("container", "")))
            return (200, said) if said is not None else (400, {"message": "is waiting to start"})
        return self._object((core or group, plural, namespace or "", name or ""), method, query, body)

    def _object(self, place: Place, method: str, query: Mapping[str, str], body: bytes) -> tuple[int, object]:
        if method == "GET" and not place[3]:
            return 200, {"items": self._listed(place, query.get("labelSelector", ""))}
        if method == "POST":
            one = json.loads(body)
            if (*place[:3], one["metadata"]["name"]) in self.objects:
                return 409, {"message": "already exists", "reason": "AlreadyExists"}
            return 201, self.put(one)
        if method == "PATCH" and "fieldManager" in query and b"apiVersion" in body:
            return self._applied(place, json.loads(body), query)
        if place not in self.objects:
            return 404, {"message": f"{place[1]} {place[3]!r} not found", "reason": "NotFound"}
        if method == "PATCH":
            _merge(self.objects[place], json.loads(body))
        return 200, self.objects.pop(place) if method == "DELETE" else self.objects[place]

    def _applied(self, place: Place, one: Object, query: Mapping[str, str]) -> tuple[int, object]:
        before = self.objects.get(place)
        owner = (before or {}).get("metadata", {}).get("annotations", {}).get("written-by", query["fieldManager"])
        if owner != query["fieldManager"] and "force" not in query:
            return 409, {"message": f'Apply failed with 1 conflict: conflict with "{owner}"', "reason": "Conflict"}
        if "dryRun" in query:
            return 200, one
        kept = copy.deepcopy(one)
        if before is not None and "status" in before:
            kept["status"] = before["status"]
        self.put(kept)
        self.applied(kept)
        return 200, kept

    def _listed(self, place: Place, labels: str) -> list[Object]:
        wanted = [one.partition("=")[::2] for one in labels.split(",") if one]
        return [
            one
            for other, one in self.objects.items()
            if other[:2] == place[:2] and place[2] in ("", other[2]) and all(_has(one, *pair) for pair in wanted)
        ]

    def _is(self, place: Place, one: Object, kind: str, name: str, namespace: str) -> bool:
        return one["kind"] == kind and place[3] == name and namespace in ("", place[2])


@contextmanager
def running_api(folder: Path) -> Iterator[tuple[Api, Path]]:
    """The server, and a kubeconfig that leads to it."""
    api = Api()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # a body would wait 40 ms for the receipt of its head

        def do(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, answer = api.answer(self.command, self.path, body)
            said = (answer if isinstance(answer, str) else json.dumps(answer)).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *arguments: object) -> None:
            """Says nothing."""

    for method in ("GET", "POST", "PATCH", "DELETE"):
        setattr(Handler, f"do_{method}", Handler.do)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield api, write_kubeconfig(folder / "kubeconfig", f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def write_kubeconfig(path: Path, server: str) -> Path:
    """A kubeconfig with one context, `test`."""
    text = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "test",
        "clusters": [{"name": "test", "cluster": {"server": server}}],
        "users": [{"name": "test", "user": {"token": "secret-token"}}],
        "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}],
    }
    path.write_text(json.dumps(text))
    return path


def _has(one: Object, name: str, value: str) -> bool:
    labels = one["metadata"].get("labels", {})
    return name in labels and value in ("", labels[name])


def _merge(one: Object, change: Object) -> None:
    for key, value in change.items():
        if isinstance(value, dict):
            _merge(one.setdefault(key, {}), value)
        else:
            one[key] = value
