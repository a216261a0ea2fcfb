"""Which models a server serves: `--model_config_file` in TensorFlow Serving's text form, or one model by flags."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from google.protobuf import text_format

from aoi_modules.errors import SettingsError
from aoi_modules.wire.messages import ModelConfig, ModelServerConfig, ServableVersionPolicy


@dataclass(frozen=True)
class VersionPolicy:
    """Which of the versions on disk are served.

    Args:
        latest: that many of the greatest; None for all of them.
        specific: exactly these, which wins over `latest`.
    """

    latest: int | None = 1
    specific: tuple[int, ...] = ()

    def aspired(self, base_path: Path) -> dict[int, Path]:
        """The version directories that are to be served.

        Raises:
            FileNotFoundError: there is no such base path.
        """
        present = {int(path.name): path for path in sorted(base_path.iterdir()) if _is_version(path)}
        if self.specific:
            chosen = [version for version in self.specific if version in present]
        else:
            chosen = sorted(present, reverse=True)[: self.latest]
        return {version: present[version] for version in sorted(chosen)}


@dataclass(frozen=True)
class ServedModel:
    """One configured model; a servable stream, in TensorFlow Serving's words."""

    name: str
    base_path: Path
    policy: VersionPolicy = VersionPolicy()
    labels: Mapping[str, int] = field(default_factory=dict)


def read(path: Path) -> list[ServedModel]:
    """Reads a model config file.

    Raises:
        SettingsError: it is missing, is none, or configures something that cannot be served.
    """
    try:
        config = text_format.Parse(path.read_text(), ModelServerConfig())
    except OSError as error:
        raise SettingsError(f"--model_config_file: {path}: {error.strerror}") from None
    except (text_format.ParseError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"--model_config_file: {path}: not a tensorflow.serving.ModelServerConfig: {error}",
            hint='expected: model_config_list { config { name: "tile" base_path: "/models/tile" '
            'model_platform: "tensorflow" } }',
        ) from None
    return from_message(config, str(path))


def from_message(config: ModelServerConfig, origin: str) -> list[ServedModel]:
    """The models of a config; `origin` names the file or caller in errors.

    Raises:
        SettingsError: a name twice, no name, a relative base path, or another platform than tensorflow.
    """
    models = [_served(entry, origin) for entry in config.model_config_list.config]
    for name, count in Counter(model.name for model in models).items():
        if count > 1:
            raise SettingsError(f"{origin}: Illegal to list model {name} multiple times in config list")
    return models


def to_text(models: Mapping[str, Path]) -> str:
    """The config file that serves the newest version of each base path."""
    config = ModelServerConfig()
    for name, base_path in models.items():
        config.model_config_list.config.add(name=name, base_path=str(base_path), model_platform="tensorflow")
    return text_format.MessageToString(config)


def _served(entry: ModelConfig, origin: str) -> ServedModel:
    if not entry.name:
        raise SettingsError(f"{origin}: every model needs a name. Received: base_path {entry.base_path!r} without one")
    if entry.model_platform not in ("", "tensorflow"):
        raise SettingsError(
            f"{origin}: model {entry.name}: expected model_platform tensorflow. Received: {entry.model_platform!r}"
        )
    if not Path(entry.base_path).is_absolute():
        raise SettingsError(
            f"{origin}: Expected model {entry.name} to have an absolute path or URI; got base_path()={entry.base_path}"
        )
    return ServedModel(
        entry.name, Path(entry.base_path), _policy(entry.model_version_policy), dict(entry.version_labels)
    )


def _policy(message: ServableVersionPolicy) -> VersionPolicy:
    match message.WhichOneof("policy_choice"):
        case "all":
            return VersionPolicy(latest=None)
        case "specific":
            return VersionPolicy(specific=tuple(message.specific.versions))
        case "latest":
            return VersionPolicy(latest=message.latest.num_versions or 1)
        case _:
            return VersionPolicy()


def _is_version(path: Path) -> bool:
    name = path.name
    return name.isascii() and name.isdigit() and int(name) < 1 << 63 and path.is_dir()
