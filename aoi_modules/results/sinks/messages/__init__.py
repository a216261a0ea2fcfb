"""What a sink is told of an inspection or a closed unit: IPC-CFX's public message, and an object of ours in it.

Pure: values come in, JSON goes out.
"""
