"""Ask a model server about one picture by REST. Copy this file; it needs `pip install requests` and nothing else.

    python http_predict.py http://127.0.0.1:8501 tile part.png
    python http_predict.py http://127.0.0.1:8501 house house.png 3 2 1800 91901

Numbers after the picture are the features of a model that wants some, in the order of its manifest.
"""

# ruff: noqa: T201  (an example prints)
import base64
import sys
from pathlib import Path
from typing import NoReturn

import requests

TIMEOUT = 10  # seconds to connect, and between two pieces of the answer
session = requests.Session()  # keeps the connection: make one, and use it for all pictures
session.trust_env = False  # a proxy meant for the web breaks calls inside the plant


def predict(url: str, model: str, pictures: list[bytes], features: list[list[float]] | None = None) -> object:
    """The scores of N encoded pictures: a list of N rows, or one by head if the model has several heads."""
    inputs: dict[str, object] = {"image": [{"b64": base64.b64encode(picture).decode()} for picture in pictures]}
    if features is not None:
        inputs["features"] = features
    answer = session.post(f"{url}/v1/models/{model}:predict", json={"inputs": inputs}, timeout=TIMEOUT)
    if answer.status_code != 200:
        raise SystemExit(f"the server refused with {answer.status_code}: {answer.text}")
    return answer.json()["outputs"]


def stop(reason: str | None, code: int) -> NoReturn:
    """Ends with a reason on stderr; code 1: no scores came, 2: the command is wrong."""
    print(reason, file=sys.stderr)
    sys.exit(code)


def main() -> None:
    if "--help" in sys.argv:
        print(__doc__)
        return
    if len(sys.argv) < 4:
        stop(__doc__, code=2)
    url, model, picture, *numbers = sys.argv[1:]
    try:
        pictures = [Path(picture).read_bytes()]
        features = [[float(number) for number in numbers]] if numbers else None
    except OSError as error:
        stop(f"picture {picture}: {error.strerror}", code=2)
    except ValueError as error:
        stop(f"features: {error}", code=2)
    try:
        print(predict(url, model, pictures, features))
    except (requests.ConnectionError, requests.Timeout):
        stop(f"no answer from {url}: is the server running, and is that its REST port?", code=1)
    except requests.RequestException as error:
        stop(f"{url}: {error}", code=1)


if __name__ == "__main__":
    main()
