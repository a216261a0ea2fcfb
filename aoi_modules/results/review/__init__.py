"""Review: what people have to look at, who looks at it now, and what they said.

A judgement is kept for ever; who takes it back says so by another one.
"""
