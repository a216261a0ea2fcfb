"""Your own pictures, from a folder or a CSV file: read, checked, and every bad row named.

Uses `datasets`.
"""
