"""What one loaded version answers: a request becomes one inference, its outputs become the answer.

Uses `wire`, `batching` and the engine's interface; knows neither doors nor the other versions.
"""
