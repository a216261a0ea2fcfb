"""What is built: backbones, heads, small networks, and where weights come from.

Uses Keras; nothing of the other rooms.
"""
