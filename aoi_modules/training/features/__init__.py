"""What is computed once: the features of pictures, by TensorFlow or OpenVINO, kept on the disk.

Uses `datasets` and the cache folder of `settings`; nothing of the other rooms.
"""
