"""A browser for the pages, and a gateway at which people work."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser import chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser, one for a module. Who uses it is marked as in need of it."""
    with chromium() as browser:
        yield browser
