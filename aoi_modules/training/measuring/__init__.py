"""What is measured: metrics, curves, thresholds, what errors cost.

Uses `verdict`, `pictures` and the escape target of `plan`; only `evaluation` asks a model, only `training_pictures`
reads files.
"""
