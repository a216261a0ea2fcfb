"""Images and containers under the magnifying glass: Dockerfiles read, layers counted, an engine at work, drawings.

Uses `cluster`, `serving.launchers` and `plots`; the engine is Docker's or Podman's own program.
"""
