"""After an escape: which parts a faulty version or limit let pass, and what another version says of them.

Nothing here is recorded, so no figure of quality changes by it.
"""
