"""What came out of a run, told: tables on a terminal, pages for a browser, JUnit for CI.

Uses checklist and running.
"""
