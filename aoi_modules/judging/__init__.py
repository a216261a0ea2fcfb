"""Judging: a model's scores and the limits in force become what each head says and the verdict of the part.

Uses `modelstore` and `verdict`; knows no network.
"""
