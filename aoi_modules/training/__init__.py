"""Training: a recipe in the size of a profile, from data to `model.keras` and `report.json`.

The rooms import one way: `run`, `reporting`, `fitting` and `measuring`, `features`, `plan`, `recipes`, `networks`.
"""
