"""The exercises of each lesson: what counts as a right answer, and which hint a wrong one gets.

A lesson's module uses the parts that its lesson teaches.
"""
