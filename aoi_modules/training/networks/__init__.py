"""What is built: backbones, heads, small networks, augmentation, and where weights come from.

Uses Keras and `datasets`; nothing of the other rooms.
"""
