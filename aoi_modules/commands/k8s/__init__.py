"""`aoi k8s`: the line in a cluster, from its files to what runs there.

One module for each thing that people do with it; `group` brings their commands together.
"""
