"""A real gateway with a user of each role and a machine, and browsers that sign in there."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import requests

from aoi_modules.gateway.launcher import RunningGateway
from aoi_modules.results.database.connection import Database
from aoi_modules.results.people.machines import add_machine
from aoi_modules.results.people.role import PEOPLE, Role
from aoi_modules.results.people.sessions import find_session
from aoi_modules.results.people.users import add_user
from tests.results.conftest import with_database

PASSWORD = "correct horse battery"
SECONDS = 120.0
COOKIE = "aoi-session"


def fill(path: str | Path) -> str:
    """Adds a user of each role, named like it, and the machine `camera`, whose key is given."""

    async def act(database: Database) -> str:
        for role in PEOPLE:
            await add_user(database, role, Role(role), PASSWORD, by="root")
        return await add_machine(database, "camera", by="root")

    return with_database(path, act)


def until(holds: Callable[[], bool]) -> None:
    """Waits until something holds."""
    end = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < end, "it does not come to hold"
        time.sleep(0.02)


class Browser:
    """A browser at one gateway: it keeps cookies, and follows no redirection by itself."""

    def __init__(self, url: str, name: str | None = None, password: str = PASSWORD) -> None:
        self.url, self.cookies = url, requests.Session()
        if name is not None:
            assert self.sign_in(name, password).status_code == 303

    def sign_in(self, name: str, password: str = PASSWORD, **headers: str) -> requests.Response:
        return self.ask("POST", "/login", data={"name": name, "password": password}, headers=headers)

    def ask(self, method: str, path: str, **more: Any) -> requests.Response:
        return self.cookies.request(method, f"{self.url}{path}", allow_redirects=False, timeout=SECONDS, **more)

    def change(self, path: str, csrf: str | None, said: Mapping[str, object] | None = None) -> requests.Response:
        """Sends a change as a page does."""
        headers = {} if csrf is None else {"X-AOI-CSRF": csrf}
        return self.ask("POST", path, json=said or {}, headers=headers)

    def csrf(self, database: str | Path) -> str:
        """The token that its pages carry."""
        token = self.cookies.cookies[COOKIE]
        session = with_database(database, lambda opened: find_session(opened, token))
        assert session is not None
        return session.csrf


def routes_file(folder: Path, upstream: str) -> Path:
    """Routes for tiles."""
    path = folder / "routes.yaml"
    path.write_text(f"components: {{tile: {{model: tile, upstream: '{upstream}', store: all}}}}\n")
    return path


class PeopleGateway:
    """A gateway with its people and a machine, or those of another one beside it; a context manager that stops it."""

    def __init__(self, folder: Path, upstream: str, beside: "PeopleGateway | None" = None, **options: Any) -> None:
        self.database: Path = folder / "results" / "results.sqlite" if beside is None else beside.database
        self.key: str = fill(self.database) if beside is None else beside.key
        self.gateway = RunningGateway(
            routes_file(folder, upstream), results=folder / "results", database=str(self.database), **options
        )
        self.url = self.gateway.url

    def __enter__(self) -> "PeopleGateway":
        return self

    def __exit__(self, *_: object) -> None:
        self.gateway.close()

    def inspect(self, picture: bytes, key: str | None = None) -> requests.Response:
        headers = {} if key is None else {"Authorization": f"Bearer {key}"}
        return requests.post(f"{self.url}/v1/inspect/tile", data=picture, headers=headers, timeout=SECONDS)
