"""Who may do what at the HTTP door: people with roles, machines with keys, and the table of what each route asks for.

Handlers ask `person_of` who it is; by then the guard has let nobody in who may not.
"""
