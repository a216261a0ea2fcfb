"""Evidence: whether a candidate takes over from the version in service, by what both saw and what people said of it.

`decision` and what it rests on are pure; `gathering` reads the evidence, and `comparing` brings it together.
"""
