from pathlib import Path

import pytest

from aoi_modules.errors import SettingsError
from aoi_modules.serving import text_config
from aoi_modules.wire.messages import MonitoringConfig, SSLConfig


def test_a_message_is_read(tmp_path: Path) -> None:
    file = tmp_path / "monitoring.config"
    file.write_text("prometheus_config { enable: true }")
    assert text_config.read(file, MonitoringConfig, "--flag", "example").prometheus_config.enable


def test_what_is_none_is_named_with_its_flag(tmp_path: Path) -> None:
    file = tmp_path / "x.config"
    with pytest.raises(SettingsError, match=r"--flag: .*x\.config: No such file"):
        text_config.read(file, MonitoringConfig, "--flag", "example")
    for content in (b"nonsense {", b"\xff\xfe"):
        file.write_bytes(content)
        with pytest.raises(
            SettingsError, match=r"x\.config: not a tensorflow\.serving\.MonitoringConfig: .+"
        ) as caught:
            text_config.read(file, MonitoringConfig, "--flag", "example")
        assert caught.value.hint == "example"


def test_of_a_secret_file_only_the_line_is_told(tmp_path: Path) -> None:
    file = tmp_path / "ssl.config"
    file.write_text('server_cert: "a"\nserver_key: hunter2')
    with pytest.raises(SettingsError, match=r"not a tensorflow\.serving\.SSLConfig at line 2") as caught:
        text_config.read(file, SSLConfig, "--flag", "example", secret=True)
    assert "hunter2" not in str(caught.value)
