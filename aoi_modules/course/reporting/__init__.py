"""What came out of a run: tables for a terminal, pages for a browser, JUnit for CI.

Uses checklist, notebook, reference and running.
"""
