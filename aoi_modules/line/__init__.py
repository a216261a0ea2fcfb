"""The whole line on this machine without containers: what has to be there, its parts as processes, a camera.

It starts what stands in the parts below and does none of their work.
"""
