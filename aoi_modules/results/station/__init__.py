"""Station check: whether model, limits and machine still say of golden parts what is true, and what happens if not.

Whether a component is locked is stored nowhere: it follows from the plan, the last check and the last unlocking.
"""
