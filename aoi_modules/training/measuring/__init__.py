"""What is measured: metrics, curves, thresholds, what errors cost.

Uses `verdict` and the escape target of `plan`; only `evaluation` asks a model, all else is pure.
"""
