"""What is in a data set of one's own, before anything is learnt from it: counts, twins, oddities, and a page.

Uses `folder`, which lists, reads and deals as training does; nothing here decides what training takes.
"""
