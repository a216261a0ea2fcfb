"""What is signed is believed, and nothing else: no other kind, no other bytes, no other key."""

import base64
import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.errors import MissingExtra, NotTrusted, RegistryError
from aoi_modules.modelstore.registry import catalogue, signing
from aoi_modules.modelstore.registry.labelling import history, label, retire
from aoi_modules.modelstore.registry.pushing import push
from aoi_modules.modelstore.registry.records import Move, Retirement
from aoi_modules.modelstore.registry.signing import Signer, Trust, make_keys, opened
from aoi_modules.object_store.interface import Objects
from tests.modelstore.registry.servables import write_version


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of two pairs, `a` and `b`."""
    folder = tmp_path_factory.mktemp("keys")
    for name in "ab":
        make_keys(folder / name)
    return folder


def test_a_pair_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    name = make_keys(tmp_path / "release.pem")
    assert stat.S_IMODE((tmp_path / "release.pem").stat().st_mode) == 0o600
    assert b"BEGIN PUBLIC KEY" in (tmp_path / "release.pem.pub").read_bytes()
    assert name not in (make_keys(tmp_path / "other.pem"), "")
    with pytest.raises(RegistryError, match=r"release\.pem: is there already, and keys are not written over"):
        make_keys(tmp_path / "release.pem")
    with pytest.raises(RegistryError, match="cannot be written: No such file or directory"):
        make_keys(tmp_path / "none" / "release.pem")


def test_a_password_opens_a_key(tmp_path: Path) -> None:
    make_keys(tmp_path / "release.pem", "geheim")
    Signer.read(tmp_path / "release.pem", "geheim")
    for wrong in ("", "falsch"):
        with pytest.raises(RegistryError, match="no private key that can be used") as caught:
            Signer.read(tmp_path / "release.pem", wrong)
        assert "AOI_SIGNING_PASSWORD" in caught.value.hint
        assert "geheim" not in str(caught.value)


def test_what_is_no_key_is_refused(keys: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    key = generate_private_key(SECP256R1())
    other.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    with pytest.raises(RegistryError, match=r"expected a private key of Ed25519"):
        Signer.read(other)
    other.write_bytes(
        key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    with pytest.raises(RegistryError, match=r"expected a public key of Ed25519"):
        Trust.read([other])
    with pytest.raises(RegistryError, match="no public key") as caught:
        Trust.read([keys / "a"])
    assert ".pub" in caught.value.hint
    with pytest.raises(RegistryError, match="no private key"):
        Signer.read(keys / "a.pub")
    with pytest.raises(RegistryError, match="cannot be read: No such file"):
        Trust.read([tmp_path / "none"])


def test_without_cryptography_the_extra_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(signing, "find_spec", lambda name: None)
    for act in (lambda: make_keys(tmp_path / "a"), lambda: Signer.read(tmp_path), lambda: Trust.read([tmp_path])):
        with pytest.raises(MissingExtra, match=r"(?s)signatures needs the package cryptography.*\[registry\]"):
            act()


def test_one_of_several_keys_is_enough(keys: Path) -> None:
    sealed = Signer.read(keys / "b").sealed("move", b"{}")
    both = Trust.read([keys / "a.pub", keys / "b.pub"])
    assert both.checked("move", sealed, "here") == b"{}"
    assert opened(sealed) == b"{}"
    with pytest.raises(NotTrusted, match=r"here: expected to be signed by key .*, and it is signed by "):
        Trust.read([keys / "a.pub"]).checked("move", sealed, "here")


def test_a_wrong_signature_beside_a_right_one_counts_for_nothing(keys: Path) -> None:
    told = json.loads(Signer.read(keys / "b").sealed("move", b"{}"))
    other = json.loads(Signer.read(keys / "a").sealed("move", b"other"))
    both = json.dumps({**told, "signatures": [*other["signatures"], *told["signatures"]]}).encode()
    assert Trust.read([keys / "a.pub", keys / "b.pub"]).checked("move", both, "here") == b"{}"
    with pytest.raises(NotTrusted, match=r"the signature by key .* is wrong"):
        Trust.read([keys / "a.pub"]).checked("move", both, "here")


def test_another_kind_is_not_believed(keys: Path) -> None:
    sealed = Signer.read(keys / "a").sealed("move", b"{}")
    trust = Trust.read([keys / "a.pub"])
    with pytest.raises(NotTrusted, match=r"move\+json' was signed"):
        trust.checked("version", sealed, "here")
    told = json.loads(sealed)
    told["payloadType"] = signing.KIND.format("version")
    with pytest.raises(NotTrusted, match=r"the signature by key .* is wrong"):
        trust.checked("version", json.dumps(told).encode(), "here")


def test_what_is_signed_by_nobody_is_not_believed(keys: Path) -> None:
    trust = Trust.read([keys / "a.pub"])
    told = json.loads(Signer.read(keys / "a").sealed("move", b"{}"))
    for content, why in (
        (b"{}", "it is not signed"),
        (b"", "it is not signed"),
        (b"\xff", "it is not signed"),
        (json.dumps({**told, "payload": "%"}).encode(), "it is not signed"),
        (json.dumps({**told, "signatures": []}).encode(), "it is signed by nobody"),
    ):
        with pytest.raises(NotTrusted, match=why):
            trust.checked("move", content, "here")


@given(st.binary(max_size=50), st.data())
def test_each_byte_counts(keys: Path, payload: bytes, data: st.DataObject) -> None:
    told = json.loads(Signer.read(keys / "a").sealed("move", payload))
    part = data.draw(st.sampled_from(["payload", "sig"]))
    holder = told if part == "payload" else told["signatures"][0]
    content = bytearray(base64.b64decode(holder[part]) or b"\0")
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    if not payload and part == "payload":
        content = bytearray(b"more")
    holder[part] = base64.b64encode(bytes(content)).decode()
    with pytest.raises(NotTrusted, match="is wrong"):
        Trust.read([keys / "a.pub"]).checked("move", json.dumps(told).encode(), "here")


@given(st.binary(max_size=200))
def test_any_bytes_are_opened(content: bytes) -> None:
    assert isinstance(opened(content), bytes)


def test_a_registry_that_is_signed(objects: Objects, keys: Path, tmp_path: Path) -> None:
    signer, trust = Signer.read(keys / "a"), Trust.read([keys / "a.pub"])
    other = Trust.read([keys / "b.pub"])
    for number in (1, 2):
        pushed = push(objects, write_version(tmp_path, "tile", number), who="me", signer=signer)
        assert catalogue.version(objects, "tile", number, trust) == pushed == catalogue.version(objects, "tile", number)
    move = label(objects, "tile", "stable", 2, who="me", signer=signer)
    retired = retire(objects, "tile", 1, who="me", signer=signer)
    assert catalogue.move(objects, "tile", "stable", 1, trust) == move
    assert catalogue.retirement(objects, "tile", 1, trust) == retired
    assert catalogue.resolve(objects, "tile", "stable", trust) == 2
    for read in (
        lambda: catalogue.version(objects, "tile", 1, other),
        lambda: catalogue.move(objects, "tile", "stable", 1, other),
        lambda: catalogue.retirement(objects, "tile", 1, other),
        lambda: catalogue.resolve(objects, "tile", "stable", other),
    ):
        with pytest.raises(NotTrusted, match="expected to be signed by key"):
            read()


def test_a_label_that_was_not_signed_can_be_signed_where_it_is(objects: Objects, keys: Path, tmp_path: Path) -> None:
    signer = Signer.read(keys / "a")
    push(objects, write_version(tmp_path, "tile", 1), who="me")
    assert label(objects, "tile", "stable", 1, who="me").number == 1
    assert label(objects, "tile", "stable", 1, who="me", signer=signer).number == 2
    assert label(objects, "tile", "stable", 1, who="me", signer=signer).number == 2
    assert [move.version for move in history(objects, "tile", "stable")[0]] == [1, 1]


def test_a_signed_record_under_a_wrong_name_is_refused(objects: Objects, keys: Path) -> None:
    signer, trust = Signer.read(keys / "a"), Trust.read([keys / "a.pub"])
    time = datetime(2026, 11, 30, tzinfo=UTC)
    move = Move(name="tile", label="stable", number=1, version=1, time=time, who="me")
    hidden = Retirement(name="tile", version=1, time=time, who="me")
    objects.put("labels/tile/stable/9.json", move.to_json(signer))
    objects.put("retired/tile/2.json", hidden.to_json(signer))
    with pytest.raises(RegistryError, match="expected that move"):
        catalogue.move(objects, "tile", "stable", 9, trust)
    with pytest.raises(RegistryError, match="expected version 2 of tile"):
        catalogue.retirement(objects, "tile", 2, trust)
