"""What a model is worth: metrics, curves, thresholds, what errors cost.

Pure but for `evaluation`, which asks the model.
"""
