"""The pictures of inspections: where they are kept, how they get there from the spool, and how long they stay.

A picture's address follows from the id of its inspection alone, so that its row may be written before it is there.
"""
