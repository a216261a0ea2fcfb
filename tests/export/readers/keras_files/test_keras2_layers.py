import numpy as np

from aoi_modules.export.readers.keras_files.keras2_layers import LayerScale, StochasticDepth

VALUES = np.arange(24, dtype="float32").reshape(1, 2, 3, 4)


def test_a_layer_scale_has_a_factor_for_each_channel() -> None:
    layer = LayerScale(1e-6, 4)
    np.testing.assert_allclose(layer(VALUES), VALUES * 1e-6, rtol=1e-6)
    layer.set_weights([np.array([1, 2, 3, 4], "float32")])
    np.testing.assert_allclose(layer(VALUES), VALUES * [1, 2, 3, 4])


def test_stochastic_depth_does_nothing_any_more() -> None:
    np.testing.assert_array_equal(StochasticDepth(0.5)(VALUES, training=False), VALUES)
