"""Whose certificates are trusted."""

import ssl

from aoi_modules.errors import ResultsError
from aoi_modules.machine import disk


def trusting(ca_file: str | None) -> ssl.SSLContext:
    """Makes what checks a server's certificate and name.

    Args:
        ca_file: the certificates to trust (PEM); None for the system's.

    Raises:
        ResultsError: the file has none, or cannot be read.
    """
    try:
        return ssl.create_default_context(cafile=ca_file)
    except ssl.SSLError:
        raise ResultsError(f"ca_file: {ca_file} has no certificates in PEM") from None
    except OSError as error:
        raise ResultsError(f"ca_file: {ca_file} cannot be read: {disk.words(error)}") from None
