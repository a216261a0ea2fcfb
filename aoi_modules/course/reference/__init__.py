"""What a reader looks up: the sources of the lessons, and the meanings of their words, each kept as data.

Uses the checklist, `notebook`, `artifacts` and `errors`.
"""
