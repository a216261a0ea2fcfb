"""`aoi results`: what the line found, as it is kept, judged and learnt from.

One module for each thing that people do with it; `group` brings their commands together.
"""
