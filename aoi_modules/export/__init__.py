"""Export: any trained model, or several, to one servable in the format of the team.

Uses `modelstore`, `wire`, TensorFlow.
"""
