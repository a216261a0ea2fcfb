"""A model server's folder and its `models.config`, kept in step with the registry: by a loop, or once before a start.

Uses `modelstore`, `client`, `serving` for the form of the config, and what is below; a kill harms nothing.
"""
