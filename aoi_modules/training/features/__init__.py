"""What is computed once: the features of pictures, by TensorFlow or OpenVINO, kept on the disk.

Uses `networks`.
"""
