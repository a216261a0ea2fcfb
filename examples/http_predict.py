"""Ask a model server about one picture by REST. Copy this file; it needs `pip install requests` and nothing else.

    python http_predict.py http://127.0.0.1:8501 tile part.png
    python http_predict.py http://127.0.0.1:8501 house house.png 3 2 1800 91901

Numbers after the picture are the features of a model that wants some, in the order of its manifest.
"""

# ruff: noqa: T201  (an example prints)
import base64
import sys
from pathlib import Path

import requests

TIMEOUT = 10  # seconds to connect, and between two pieces of the answer
session = requests.Session()  # keeps the connection: make one, and use it for all pictures


def predict(url: str, model: str, pictures: list[bytes], features: list[list[float]] | None = None) -> object:
    """The scores of N encoded pictures: a list of N rows, or one by head if the model has several heads."""
    inputs: dict[str, object] = {"image": [{"b64": base64.b64encode(picture).decode()} for picture in pictures]}
    if features is not None:
        inputs["features"] = features
    answer = session.post(f"{url}/v1/models/{model}:predict", json={"inputs": inputs}, timeout=TIMEOUT)
    if answer.status_code != 200:
        raise SystemExit(f"the server refused with {answer.status_code}: {answer.text}")
    return answer.json()["outputs"]


if __name__ == "__main__":
    url, model, picture, *numbers = sys.argv[1:]
    print(predict(url, model, [Path(picture).read_bytes()], [[float(n) for n in numbers]] if numbers else None))
