"""The names of the servable's contract: files of a version folder, signatures, inputs and outputs. All read them here.

    <base path>/<name>/<version>/
      saved_model.pb, variables/                 the graph, as TensorFlow Serving loads it
      assets.extra/manifest.json                 heads, labels, thresholds, origin
      assets.extra/golden.npz                    sample pictures and the source models' scores
      assets.extra/pixels.pb                     the signature `pixels`, frozen, for engines other than TensorFlow
      assets.extra/tf_serving_warmup_requests    what a server runs before its first client
      assets.extra/SHA256SUMS                    checksums of all other files

    serving_default    image string (N,) [, features float32 (N, F)]                -> {head: float32 (N, K)}
    pixels             image uint8 (N, h, w, C) of any size [, features]            -> {head: float32 (N, K)}
    manifest                                                                        -> json string ()

A head that says where it looks has one more output, its map: `<head>_map`, float32 (N, rows, columns).

`modelstore.signatures` holds a SavedModel to it.
"""

SAVED_MODEL = "saved_model.pb"
VARIABLES = "variables"
MANIFEST_FILE = "assets.extra/manifest.json"
GOLDEN_FILE = "assets.extra/golden.npz"
PIXELS_FILE = "assets.extra/pixels.pb"
WARMUP_FILE = "assets.extra/tf_serving_warmup_requests"
SUMS_FILE = "assets.extra/SHA256SUMS"
"""Files, relative to the version folder. TensorFlow Serving chose the names of the first two and of the warm-up."""

DEFAULT_SIGNATURE = "serving_default"
"""Takes encoded pictures. TensorFlow's name for the signature that a request without a name means."""
PIXELS_SIGNATURE = "pixels"
"""Takes raw frames of a camera."""
MANIFEST_SIGNATURE = "manifest"
"""Answers the manifest, so that any TensorFlow Serving hands it out."""

IMAGE = "image"
FEATURES = "features"
"""The inputs: pictures, and the numbers beside each of them where a head needs some."""
MANIFEST_OUTPUT = "json"
"""The output of the signature `manifest`. The outputs of the others are named after the heads."""
MAP_SUFFIX = "_map"
"""What the name of a head's map ends with."""


def map_name(head: str) -> str:
    """Names the output with a head's map."""
    return f"{head}{MAP_SUFFIX}"
