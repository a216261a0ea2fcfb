"""The study checklist as data: what it holds, what must be true of it, and how far a trainee has come.

Pure but for the files it reads and writes; uses `course.artifacts`, `lock` and `errors`.
"""
