"""Statistics of what was found and judged: how often defects escape, how steady the line is, how far judges agree.

Pure: knows no database, no clock and no chance.
"""
