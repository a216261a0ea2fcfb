import json
from typing import Any

import pytest

from aoi_modules.errors import RpcError
from aoi_modules.serving.answering.predict import predict
from aoi_modules.serving.answering.servable import Servable
from aoi_modules.serving.doors import rest_predict
from tests.serving.fake_engine import DoublingEngine


def answer(document: dict[str, Any], signature_name: str = "") -> Any:
    servable = Servable("m", 1, DoublingEngine())
    return json.loads(servable.answer(predict(servable, signature_name, rest_predict.form(document))))


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"instances": [1.0, 2.5]}, {"predictions": [2.0, 5.0]}),
        ({"instances": [{"x": 1.0}]}, {"predictions": [2.0]}),
        ({"inputs": {"x": [1.0]}}, {"outputs": [2.0]}),
        ({"inputs": 1.0}, {"outputs": 2.0}),
    ],
)
def test_the_answer_has_the_form_of_the_request(document: dict[str, Any], expected: Any) -> None:
    assert answer(document) == expected


def test_what_is_refused() -> None:
    refused: list[tuple[dict[str, Any], str, str]] = [
        ({"instances": [1.0]}, "no", 'Serving signature name: "no" not found in signature def'),
        ({"instances": ["a"]}, "", 'JSON Value: "a" Type: String is not of expected type: float'),
        ({"instances": [{"z": 1.0}]}, "", "does not have named input: z"),
    ]
    for document, name, text in refused:
        with pytest.raises(RpcError) as caught:
            answer(document, name)
        assert caught.value.code == "INVALID_ARGUMENT"
        assert text in caught.value.message
