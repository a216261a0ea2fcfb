"""Secrets of ours."""

from aoi_modules.results.people.tokens import KEY_BEGIN, digest, new_key, new_token


def test_secrets_are_long_and_never_the_same() -> None:
    made = {new_token() for _ in range(100)}
    assert len(made) == 100
    assert {len(one) for one in made} == {43}
    assert new_key().startswith(KEY_BEGIN)


def test_a_digest_is_sha_256_of_any_text() -> None:
    assert digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert len(digest("\udc80")) == 64
