"""`aoi registry`: servable versions that the team shares, and the labels by which servers take them.

Its modules hold the verbs; `group` puts them together.
"""
