"""What a change of versions needs: traffic, a canary, a new config, watching what becomes of it.

Uses the clients.
"""
