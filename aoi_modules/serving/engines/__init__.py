"""What computes: OpenVINO or TensorFlow, and the choice between them for each version.

Each engine is the only module that imports its library.
"""
