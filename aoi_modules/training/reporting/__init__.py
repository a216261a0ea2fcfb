"""What a training tells people: plots, a page, pictures that travel with the model.

Uses `measuring`, `plots`, and the augmentation of `networks`.
"""
