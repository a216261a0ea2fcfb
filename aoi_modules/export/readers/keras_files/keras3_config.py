"""What the first releases of Keras 3 wrote into a configuration and later ones read otherwise."""

from typing import Any


def unwrap_outputs(config: Any) -> bool:
    """Gives models inside a model their only output back as a tensor, and says whether there were such.

    The first Keras 3 wrote every model's outputs as a list. Today's takes a list of one for a list, and a layer behind
    such a model inside a Sequential cannot be made.

    Args:
        config: of the whole model, {"class_name": ..., "config": ...}; it is changed.
    """
    layers = config["config"].get("layers", []) if isinstance(config.get("config"), dict) else []
    found = [_unwrap(layer) for layer in layers]  # all of them, not only up to the first
    return any(found)


def _unwrap(layer: Any) -> bool:
    if not isinstance(layer, dict) or not isinstance(own := layer.get("config"), dict):
        return False
    within = _unwrap(own.get("layer"))  # of a wrapper, such as TimeDistributed
    below = unwrap_outputs(layer)
    outputs = own.get("output_layers")
    if layer.get("class_name") != "Functional" or not isinstance(outputs, list) or len(outputs) != 1:
        return within or below
    own["output_layers"] = outputs[0]
    return True
