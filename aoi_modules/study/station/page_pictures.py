"""Pictures of the station's pages, taken by a Chromium without a window, where one is installed."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")
SECONDS = 60.0
"""How long a picture may take."""
_LOADING_MS = 4000
"""After so long the picture is taken, though the page still listens to the gateway."""


def find_browser() -> str | None:
    """Gives the path of a Chromium; None where there is none."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def picture_of_page(url: str, *, size: tuple[int, int] = (1280, 800)) -> bytes | None:
    """Takes a picture of a page as somebody sees it who opens it.

    Args:
        url: of the page, at this machine.
        size: of the window, width and height in pixels.

    Returns:
        PNG; None where no Chromium is installed, or where it takes none.
    """
    browser = find_browser()
    if browser is None:
        return None
    with tempfile.TemporaryDirectory(prefix="aoi-page-") as folder:
        picture = Path(folder) / "page.png"
        command = [
            browser, "--headless", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={folder}/profile",
            f"--window-size={size[0]},{size[1]}", f"--timeout={_LOADING_MS}", f"--screenshot={picture}",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--disable-background-networking",
            *(["--no-sandbox"] if os.geteuid() == 0 else []),  # Chromium refuses to be root with one
            url,
        ]  # fmt: skip
        try:
            subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired:
            return None
        return picture.read_bytes() if picture.is_file() else None
