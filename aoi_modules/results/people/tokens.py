"""Secrets that we make ourselves: keys of machines, and what a browser holds for a session."""

import hashlib
import secrets

KEY_BEGIN = "aoi_"
"""Of the key of a machine, so that who finds one somewhere knows what it is."""


def new_token() -> str:
    """A secret of 256 bits, as text."""
    return secrets.token_urlsafe(32)


def new_key() -> str:
    """A key for a machine."""
    return f"{KEY_BEGIN}{new_token()}"


def digest(secret: str) -> str:
    """What is kept of a secret: its SHA-256. It needs no salt, and no slow hash: nobody can guess 256 bits."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()
