"""The contract is what TensorFlow Serving and every servable in the field know; a change here is a new format."""

from aoi_modules.modelstore import layout


def test_the_names_are_those_of_every_servable_that_was_ever_written() -> None:
    names = {name: value for name, value in vars(layout).items() if name.isupper()}
    assert names == {
        "SAVED_MODEL": "saved_model.pb",
        "VARIABLES": "variables",
        "MANIFEST_FILE": "assets.extra/manifest.json",
        "GOLDEN_FILE": "assets.extra/golden.npz",
        "PIXELS_FILE": "assets.extra/pixels.pb",
        "WARMUP_FILE": "assets.extra/tf_serving_warmup_requests",
        "SUMS_FILE": "assets.extra/SHA256SUMS",
        "DEFAULT_SIGNATURE": "serving_default",
        "PIXELS_SIGNATURE": "pixels",
        "MANIFEST_SIGNATURE": "manifest",
        "IMAGE": "image",
        "FEATURES": "features",
        "MANIFEST_OUTPUT": "json",
        "MAP_SUFFIX": "_map",
    }
