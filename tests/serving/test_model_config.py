from pathlib import Path

import pytest

from aoi_modules.errors import SettingsError
from aoi_modules.serving import model_config
from aoi_modules.serving.model_config import ServedModel, VersionPolicy


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "models.config"
    path.write_text(text)
    return path


def test_all_that_can_be_configured(tmp_path: Path) -> None:
    text = """
    model_config_list {
      config { name: "a" base_path: "/models/a" model_platform: "tensorflow" }
      config { name: "b" base_path: "file:///models/b" model_type: TENSORFLOW model_version_policy { all {} }
               version_labels { key: "stable" value: 3 } }
      config { name: "c" base_path: "/models/c" model_platform: "tensorflow"
               model_version_policy { specific { versions: 4 versions: 2 } } }
      config { name: "d" base_path: "/models/d" model_platform: "tensorflow"
               model_version_policy { latest { num_versions: 2 } } }
    }"""
    assert model_config.read(written(tmp_path, text)) == [
        ServedModel("a", Path("/models/a")),
        ServedModel("b", Path("/models/b"), VersionPolicy(latest=None), {"stable": 3}),
        ServedModel("c", Path("/models/c"), VersionPolicy(specific=(4, 2))),
        ServedModel("d", Path("/models/d"), VersionPolicy(latest=2)),
    ]


@pytest.mark.parametrize(
    "policy",
    [
        VersionPolicy(),
        VersionPolicy(2),
        VersionPolicy(None),
        VersionPolicy(specific=(1, 3)),
        VersionPolicy(specific=()),
    ],
)
def test_what_we_write_we_read(tmp_path: Path, policy: VersionPolicy) -> None:
    models = [
        ServedModel("tile", Path("/models/tile"), policy, {"stable": 1, "canary": 2}),
        ServedModel("fashion", Path('/models/"odd name"')),
    ]
    assert model_config.read(written(tmp_path, model_config.to_text(models))) == models


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("this is { not a config", "not a tensorflow.serving.ModelServerConfig"),
        ("model_config_list { config { base_path: '/a' } }", "every model needs a name"),
        ("model_config_list { config { name: 'a' base_path: 'a' } }", "Expected model a to have an absolute path"),
        (
            "model_config_list { config { name: 'a' base_path: '/a' model_platform: 'torch' } }",
            "Model a requests unsupported platform torch",
        ),
        ("model_config_list { config { name: 'a' base_path: '/a' } }", "Illegal setting neither"),
        (
            "model_config_list { config { name: 'a' base_path: '/a' model_type: OTHER model_platform: 'tensorflow' } }",
            "Illegal setting both",
        ),
        ("model_config_list { config { name: 'a' base_path: '/a' model_type: OTHER } }", "choice 2 not supported"),
        (
            "model_config_list { config { name: 'a' base_path: 's3://models/a' model_platform: 'tensorflow' } }",
            "File system scheme 's3' not implemented",
        ),
        (
            "model_config_list { config { name: 'a' base_path: '/a' } config { name: 'a' base_path: '/b' } }",
            "Illegal to list model a multiple times in config list",
        ),
    ],
)
def test_what_cannot_be_served_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        model_config.read(written(tmp_path, text))


def test_a_live_model_keeps_its_platform(tmp_path: Path) -> None:
    text = "model_config_list { config { name: 'a' base_path: '/a' model_platform: 'torch' } }"
    with pytest.raises(
        SettingsError, match=r"Illegal to change a model's platform. For model a platform was tensorflow"
    ):
        model_config.read(written(tmp_path, text), live={"a"})


def test_an_empty_config_names_no_models(tmp_path: Path) -> None:
    assert model_config.read(written(tmp_path, "")) == []
    assert model_config.read(written(tmp_path, "model_config_list {}")) == []


def test_while_models_are_served_only_a_list_may_name_none(tmp_path: Path) -> None:
    assert model_config.read(written(tmp_path, model_config.to_text([])), live={"a"}) == []
    with pytest.raises(SettingsError, match=r"expected a model_config_list, while models are served. Received: none"):
        model_config.read(written(tmp_path, ""), live={"a"})


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="No such file"):
        model_config.read(tmp_path / "none")


@pytest.mark.parametrize(
    ("policy", "versions"),
    [
        (VersionPolicy(), [12]),
        (VersionPolicy(latest=2), [3, 12]),
        (VersionPolicy(latest=None), [0, 2, 3, 12]),
        (VersionPolicy(specific=(2, 7)), [2]),
        (VersionPolicy(specific=()), []),
    ],
)
def test_policies(tmp_path: Path, policy: VersionPolicy, versions: list[int]) -> None:
    for name in ("0", "2", "00000003", "12", "v9", "-1", "1.5", ".staging-13", "99999999999999999999"):
        (tmp_path / name).mkdir()
    (tmp_path / "14").write_text("a file")
    assert list(policy.aspired(tmp_path)) == versions


def test_a_padded_number_is_a_version(tmp_path: Path) -> None:
    (tmp_path / "00000123").mkdir()
    assert VersionPolicy().aspired(tmp_path) == {123: tmp_path / "00000123"}


def test_of_two_names_of_one_version_one_counts_and_the_other_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("7", "007", "6"):
        (tmp_path / name).mkdir()
    for _ in range(2):
        assert VersionPolicy(latest=None).aspired(tmp_path) == {6: tmp_path / "6", 7: tmp_path / "7"}
    assert caplog.messages == [f"{tmp_path}/007 is not served: {tmp_path}/7 is the same version"]
