"""An operator made of a script: it takes what waits, looks at the picture, and says what the part really is."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests

from aoi_modules.errors import CourseError

SECONDS = 30.0
"""How long an answer of the gateway may take."""


@dataclass(frozen=True)
class SaidPart:
    """A part that was judged.

    Args:
        inspection: its id.
        reason: why it waited; None if it was judged blind.
        defect: what was said: the defect, or None for a good part.
    """

    inspection: str
    reason: str | None
    defect: str | None


class ScriptedOperator:
    """Judges parts by the gateway's API, as a person does with the page in a browser.

    Args:
        url: of the gateway.
        who: the name under which it judges.
        truth: defect by the SHA-256 of the picture's bytes; None for a good part. So it knows a part by its picture
            alone, as a person does.
    """

    def __init__(self, url: str, who: str, truth: Mapping[str, str | None]) -> None:
        self._url = url
        self._who = who
        self._truth = truth

    def judge(self, most: int | None = None) -> list[SaidPart]:
        """Judges what waits until nothing does, or so many parts.

        Raises:
            CourseError: the gateway refuses, or shows a picture that nobody knows.
        """
        said: list[SaidPart] = []
        with requests.Session() as session:
            session.trust_env = False
            while most is None or len(said) < most:
                part = self._ask(session, "POST", "/v1/reviews/next", {"who": self._who}).json()
                if part["inspection"] is None:
                    break
                defect = self._look(session, part["picture"])
                opinion = {"verdict": "good"} if defect is None else {"verdict": "defect", "defect": defect}
                address = f"/v1/inspections/{part['inspection']}/judgements"
                self._ask(session, "POST", address, {"who": self._who, **opinion})
                said.append(SaidPart(part["inspection"], part["reason"], defect))
        return said

    def _look(self, session: requests.Session, address: str) -> str | None:
        digest = hashlib.sha256(self._ask(session, "GET", address).content).hexdigest()
        if digest not in self._truth:
            raise CourseError(f"{address}: the operator was never told what this picture shows")
        return self._truth[digest]

    def _ask(
        self, session: requests.Session, method: str, address: str, body: Mapping[str, Any] | None = None
    ) -> requests.Response:
        answer = session.request(method, self._url + address, json=body, timeout=SECONDS)
        if answer.status_code != 200:
            raise CourseError(f"{method} {address}: the gateway answered {answer.status_code}: {answer.text[:200]}")
        return answer
