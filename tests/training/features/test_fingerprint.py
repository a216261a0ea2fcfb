"""Fingerprints of networks and weights."""

import keras
import numpy as np

from aoi_modules.training.features.fingerprint import of_network, of_weights
from aoi_modules.training.networks.backbones import build
from aoi_modules.training.networks.catalogue import Pooling, by_name
from tests.training.small import PICTURE


def network(pooling: Pooling = "mean", alpha: str = "0.25") -> keras.Model:
    return build(by_name(f"mobilenet-{alpha}"), PICTURE, pooling=pooling)


def test_the_same_network_built_twice_in_a_process() -> None:
    first, second = network(), network()
    assert of_network(first) == of_network(second)
    assert of_weights(first) != of_weights(second)
    second.set_weights(first.get_weights())
    assert of_weights(first) == of_weights(second)


def test_freezing_changes_no_answer_and_no_fingerprint() -> None:
    model = network()
    before = of_network(model)
    model.trainable = True
    assert of_network(model) == before


def test_another_pooling_width_activation_or_precision_is_another_network() -> None:
    def activated(activation: str, policy: str = "float32") -> keras.Model:
        image = keras.Input((4,))
        x = keras.layers.Dense(2, activation=activation, name=activation, dtype=policy)(image)
        return keras.Model(image, x)

    networks = [network(), network(pooling="mean+max"), network(alpha="0.5"), activated("relu"), activated("tanh")]
    networks.append(activated("relu", policy="mixed_float16"))
    assert len({of_network(model) for model in networks}) == len(networks)


def test_one_value_counts() -> None:
    model = network()
    before = of_weights(model)
    weights = model.get_weights()
    weights[-1] = np.nextafter(weights[-1], np.float32(9))
    model.set_weights(weights)
    assert of_weights(model) != before
