"""Which models judge parts here, and how large the work was by which they learnt: what every page says below."""

from collections.abc import Collection

from aoi_modules.modelstore.manifest import Manifest


class Served:
    """Remembers the manifest of the version that answered last about each component."""

    def __init__(self) -> None:
        self._manifests: dict[str, Manifest] = {}

    def use(self, components: Collection[str]) -> None:
        """Forgets components that have no route any more."""
        self._manifests = {name: known for name, known in self._manifests.items() if name in components}

    def note(self, component: str, manifest: Manifest | None) -> None:
        """Notes what answers now; None forgets what did, since a model without a manifest says nothing of itself."""
        if manifest is None:
            self._manifests.pop(component, None)
        else:
            self._manifests[component] = manifest

    def in_words(self) -> str:
        """Says of each model its version and its size: `tile 3 (size cpu), pcb 1 (size ci, drawn pictures)`.

        Models that were not trained by the course's recipes have no size, and are left out.
        """
        told = [f"{name} {one.version} ({about})" for name, one in self._manifests.items() if (about := _about(one))]
        return ", ".join(sorted(told))


def _about(manifest: Manifest) -> str:
    sizes = sorted({size for size in (manifest.profile, *(one.profile for one in manifest.sources)) if size})
    if not sizes:
        return ""
    drawn = any(origin.stand_in for origin in manifest.origins)
    return f"size {' and '.join(sizes)}{', drawn pictures' if drawn else ''}"
