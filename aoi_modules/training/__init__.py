"""Training: a recipe in the size of a profile, from data to `model.keras` and `report.json`.

Uses `datasets`, `plots`, `modelstore`.
"""
