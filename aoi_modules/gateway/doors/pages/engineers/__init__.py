"""Pages of those who answer for quality: its figures, the threshold desk, stations and models, the audit log.

A handler asks the same functions as the interface for programs, and templates show the figures with charts of `charts`.
"""
