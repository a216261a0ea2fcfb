"""Which models a server serves: `--model_config_file` in TensorFlow Serving's text form, or one model by flags."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from google.protobuf import text_format

from aoi_modules.errors import RpcError, SettingsError
from aoi_modules.serving import base_path
from aoi_modules.wire.messages import FileSystemStoragePathSourceConfig, ModelConfig, ModelServerConfig
from aoi_modules.wire.schema import ENUMS
from aoi_modules.wire.status import invalid

PLATFORM = "tensorflow"
NOT_A_CONFIG = "not a tensorflow.serving.ModelServerConfig"
EXAMPLE = (
    'expected: model_config_list { config { name: "tile" base_path: "/models/tile" model_platform: "tensorflow" } }'
)


@dataclass(frozen=True)
class VersionPolicy:
    """Which of the versions on disk are served.

    Args:
        latest: that many of the greatest; None for all of them.
        specific: exactly these, be it none, which wins over `latest`.
    """

    latest: int | None = 1
    specific: tuple[int, ...] | None = None

    def aspired(self, folder: Path) -> dict[int, Path]:
        """Finds the version directories below a base path that are to be served, by number.

        Raises:
            OSError: there is no such folder, or it may not be read.
        """
        return self.chosen(base_path.look(folder).versions)

    def chosen(self, present: Mapping[int, Path]) -> dict[int, Path]:
        """Chooses those of the version directories, given by number, that are to be served."""
        if self.specific is not None:
            chosen = [version for version in self.specific if version in present]
        else:
            chosen = sorted(present, reverse=True)[: self.latest]
        return {version: present[version] for version in sorted(chosen)}

    def missing(self, present: Collection[int]) -> list[int]:
        """Lists the versions that the policy names and that are not there."""
        return sorted(set(self.specific or ()) - set(present))


@dataclass(frozen=True)
class ServedModel:
    """One configured model; a servable stream, in TensorFlow Serving's words."""

    name: str
    base_path: Path
    policy: VersionPolicy = VersionPolicy()
    labels: Mapping[str, int] = field(default_factory=dict)


def read(path: Path, live: Collection[str] = ()) -> list[ServedModel]:
    """Reads a model config file; `live` as for `from_message`.

    While models are served, a file without any list is refused, as by the original: one that is written in place is
    empty for a moment. `model_config_list {}` ends all of them.

    Raises:
        SettingsError: it is missing, is none, or configures something that cannot be served.
    """
    try:
        config = parse(path.read_text())
        if live and not config.HasField("model_config_list"):
            raise SettingsError(
                f"--model_config_file: {path}: expected a model_config_list, while models are served. Received: none",
                hint="model_config_list {} serves none",
            )
        return from_message(config, live)
    except OSError as error:
        raise SettingsError(f"--model_config_file: {path}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise SettingsError(f"--model_config_file: {path}: {NOT_A_CONFIG}: {error}", hint=EXAMPLE) from None
    except RpcError as error:
        raise SettingsError(f"--model_config_file: {path}: {error.message}", hint=error.hint) from None


def parse(text: str) -> ModelServerConfig:
    """Reads the text form of a config.

    Raises:
        RpcError: INVALID_ARGUMENT, it is none.
    """
    try:
        return text_format.Parse(text, ModelServerConfig())
    except text_format.ParseError as error:
        raise RpcError("INVALID_ARGUMENT", f"{NOT_A_CONFIG}: {error}", hint=EXAMPLE) from None


def from_message(config: ModelServerConfig, live: Collection[str] = ()) -> list[ServedModel]:
    """Reads the models of a config.

    Args:
        config: names, base paths, policies and labels.
        live: names of the models that are served now; they keep their platform.

    Raises:
        RpcError: INVALID_ARGUMENT a name twice, no name, a relative base path, or another platform than tensorflow;
            UNIMPLEMENTED a base path on other storage than a file system.
    """
    entries = config.model_config_list.config
    for name, count in Counter(entry.name for entry in entries).items():
        if count > 1:
            raise invalid(f"Illegal to list model {name} multiple times in config list")
    paths = [_base_path(entry) for entry in entries]
    for entry in entries:
        _check_platform(entry, live)
    return [
        ServedModel(entry.name, path, _policy(entry.model_version_policy), dict(entry.version_labels))
        for entry, path in zip(entries, paths, strict=True)
    ]


def to_text(models: Iterable[ServedModel]) -> str:
    """Writes the text form of a config, with version policies and labels; `parse` and `from_message` read it."""
    config = ModelServerConfig()
    config.model_config_list.SetInParent()  # a list of none, too, is one
    for model in models:
        entry = config.model_config_list.config.add(
            name=model.name, base_path=str(model.base_path), model_platform=PLATFORM
        )
        if model.policy.specific is not None:
            entry.model_version_policy.specific.SetInParent()
            entry.model_version_policy.specific.versions.extend(model.policy.specific)
        elif model.policy.latest is None:
            entry.model_version_policy.all.SetInParent()
        elif model.policy.latest != 1:
            entry.model_version_policy.latest.num_versions = model.policy.latest
        for label, version in model.labels.items():
            entry.version_labels[label] = version
    return text_format.MessageToString(config)


def _base_path(entry: ModelConfig) -> Path:
    if not entry.name:
        raise invalid(f"every model needs a name. Received: base_path {entry.base_path!r} without one")
    path = base_path.read(entry.name, entry.base_path)
    if not base_path.is_absolute(entry.base_path):
        raise base_path.not_absolute(entry.name, entry.base_path)
    return path


def _check_platform(entry: ModelConfig, live: Collection[str]) -> None:
    """Refuses what is not TensorFlow. `model_type` is the older way to say it."""
    if entry.model_type and entry.model_platform:
        raise invalid(
            "Illegal setting both ModelServerConfig::model_type (deprecated) and ModelServerConfig::model_platform."
        )
    if not entry.model_type and not entry.model_platform:
        raise invalid(
            "Illegal setting neither ModelServerConfig::model_type (deprecated) nor "
            f'ModelServerConfig::model_platform. Received: model {entry.name} without model_platform: "{PLATFORM}"'
        )
    if entry.model_type and entry.model_type != ENUMS["tensorflow.serving.ModelType"]["TENSORFLOW"]:
        raise invalid(f"ModelServerConfig::model_type choice {entry.model_type} not supported.")
    platform = entry.model_platform or PLATFORM
    if platform != PLATFORM and entry.name in live:
        raise invalid(
            f"Illegal to change a model's platform. For model {entry.name} platform was {PLATFORM} and new platform "
            f"requested is {platform}"
        )
    if platform != PLATFORM:
        raise invalid(
            f'Model {entry.name} requests unsupported platform {platform}. Expected model_platform: "{PLATFORM}"'
        )


def _policy(message: FileSystemStoragePathSourceConfig.ServableVersionPolicy) -> VersionPolicy:
    match message.WhichOneof("policy_choice"):
        case "all":
            return VersionPolicy(latest=None)
        case "specific":
            return VersionPolicy(specific=tuple(message.specific.versions))
        case "latest":
            return VersionPolicy(latest=message.latest.num_versions or 1)
        case _:
            return VersionPolicy()
