"""Configurations of layers and models, as a Keras file has them."""

from typing import Any


def layer(kind: str, name: str = "layer", **arguments: Any) -> dict[str, Any]:
    return {"class_name": kind, "config": {"name": name, **arguments}, "name": name, "inbound_nodes": []}


def functional(layers: list[dict[str, Any]], **config: Any) -> dict[str, Any]:
    ends: dict[str, Any] = {"input_layers": [[layers[0]["name"], 0, 0]], "output_layers": [[layers[-1]["name"], 0, 0]]}
    return {"class_name": "Functional", "config": {"name": "net", "layers": layers, **ends, **config}}
