"""What a client or a gateway really does, seen from the network: relays that keep each call, and an app at work.

Uses `web_server` and the protocols' own libraries; it knows no model.
"""
