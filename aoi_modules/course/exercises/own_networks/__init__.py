"""Checks of networks that the reader built or applied for one data set. Each takes the parts of an answer and gives the
line of praise, or a hint."""
