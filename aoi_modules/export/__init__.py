"""Export: any trained model, or several, to one servable in the format of the team.

Uses `modelstore` and `wire`, `datasets` for decoding, `plots` for drawings, and TensorFlow.
"""
