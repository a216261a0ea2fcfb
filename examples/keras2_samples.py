"""Write pictures with the scores that the Keras of a model's author gives, for `aoi export --expect`.

    python keras2_samples.py model.h5 samples.npz good.png scratch.png
    aoi export model.h5 --name tile --base-path models --expect samples.npz

Copy this file to where the model was trained; it needs TensorFlow 2 with its own Keras and nothing else.
"""

import sys
from typing import Any

import numpy as np

import tensorflow as tf

if len(sys.argv) < 4:
    sys.exit(__doc__)
model_file, samples_file, *pictures = sys.argv[1:]
model = tf.keras.models.load_model(model_file, compile=False)
height, width, channels = model.inputs[0].shape[1:]
decoded = [tf.image.decode_image(tf.io.read_file(file), channels, expand_animations=False) for file in pictures]
images = np.stack([np.round(tf.image.resize(one, (height, width))).astype("uint8") for one in decoded])
# What your training did to pixels outside of the model belongs here: images / 255.0, and then export --scaling unit.
scores = model(images.astype("float32"), training=False)
named = scores if isinstance(scores, dict) else dict(zip(model.output_names, tf.nest.flatten(scores), strict=True))
arrays: dict[str, Any] = {"images": images, **{f"score/{name}": np.asarray(one) for name, one in named.items()}}
np.savez(samples_file, **arrays)
