"""The line of the tests with something changed for a while: another set of its overlay, and back to the set before."""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.cluster.overlays import K8S
from tests.k8s.applied import SECONDS, done


def patch(kind: str, name: str, *operations: dict[str, Any]) -> dict[str, Any]:
    """A patch of kustomize: operations of JSON Patch on one object."""
    return {"target": {"kind": kind, "name": name}, "patch": json.dumps(operations)}


def write_changed(
    mine: Path, what: str, *patches: dict[str, Any], bases: Sequence[str] = (), components: Sequence[str] = ()
) -> Path:
    """Writes a folder like that of the line, with more in it; it has the same name, so it is the same overlay.

    Args:
        mine: the folder of the line.
        what: a name of the change.
        patches: of kustomize.
        bases: of `k8s/base`, and components of `k8s/components`, that come with it.
        components: see `bases`.
    """
    folder = mine.parent / what / mine.name
    folder.mkdir(parents=True)
    text = json.loads((mine / "kustomization.yaml").read_text())
    places = {
        "resources": [K8S / "overlays" / "local", *(K8S / "base" / one for one in bases)],
        "components": [K8S / "components" / one for one in components],
    }
    text |= {kind: [os.path.relpath(path, folder) for path in paths] for kind, paths in places.items()}
    text["patches"] += patches
    (folder / "kustomization.yaml").write_text(json.dumps(text))
    (folder / "routes.yaml").write_text((mine / "routes.yaml").read_text())
    return folder


@contextmanager
def applied(mine: Path, changed: Path) -> Iterator[None]:
    """Brings it into the cluster with the Secrets that it needs; the set before is back, and ready, in the end."""
    done("secrets", f"{changed}/")
    try:
        done("apply", f"{changed}/", "--within", SECONDS)
        yield
    finally:
        done("rollback", f"{mine}/", "--within", SECONDS)
        done("wait", f"{mine}/", "--within", SECONDS)
