"""Signatures of what a webhook gets."""

import base64
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.errors import ResultsError
from aoi_modules.results.sinks import signature
from aoi_modules.results.sinks.signature import headers, read_secrets


def receiver() -> Callable[[bytes, dict[str, str], bytes], bool]:
    """The lines of the docstring that a receiver is told to use."""
    lines = (signature.__doc__ or "").splitlines()
    code = textwrap.dedent("\n".join(line for line in lines if line.startswith("    ") or not line.strip()))
    names: dict[str, Any] = {}
    exec(code, names)
    check: Callable[[bytes, dict[str, str], bytes], bool] = names["is_ours"]
    return check


def test_the_published_example_of_standard_webhooks(tmp_path: Path) -> None:
    """Of the specification's own test vector: a secret in base64, an id, a time, a body."""
    (tmp_path / "secret").write_text("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n")
    signed = headers(
        read_secrets(tmp_path / "secret"), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    )
    assert signed == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


@given(st.binary(min_size=1), st.binary())
def test_the_lines_of_the_docstring_know_what_is_ours(secret: bytes, body: bytes) -> None:
    is_ours, now = receiver(), int(time.time())
    signed = headers([b"another", secret], "one", now, body)
    assert is_ours(secret, signed, body)
    assert not is_ours(secret + b"!", signed, body)
    assert not is_ours(secret, signed, body + b"!")
    assert not is_ours(secret, {**signed, "webhook-id": "two"}, body)
    assert not is_ours(secret, {**signed, "webhook-timestamp": str(now + 1)}, body)
    assert not is_ours(secret, headers([secret], "one", now - 301, body), body)


def test_a_secret_is_text_or_base64_and_there_may_be_two(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text(f"a new one\n\nwhsec_{base64.b64encode(b'old').decode()}\n")
    assert read_secrets(path) == [b"a new one", b"old"]


@pytest.mark.parametrize(
    ("content", "fault"), [("", "is empty"), ("whsec_no base64", "expected base64"), (None, "cannot be read")]
)
def test_what_is_no_secret_is_refused_without_being_said(tmp_path: Path, content: str | None, fault: str) -> None:
    path = tmp_path / "secret"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ResultsError, match=f"^secret_file: {path}.*{fault}") as refusal:
        read_secrets(path)
    assert "no base64" not in str(refusal.value)
