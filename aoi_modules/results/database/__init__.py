"""The database of results: SQLite or PostgreSQL by the same statements, and its migrations.

`tables` says what is kept, `writing` and `reading` how; `connection` knows which database it is.
"""
