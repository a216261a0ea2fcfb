"""What one loaded version answers: requests against signatures, one computation, the answer.

Uses `wire` and the engine's interface; knows no protocol and no thread.
"""
