"""Promotion: a candidate passes a gate before it answers at the line as a canary, and again before it takes over.

`gate`, `findings`, `held_out` and the rules are pure; `trial` asks models, and `stages` brings all of it together.
"""
