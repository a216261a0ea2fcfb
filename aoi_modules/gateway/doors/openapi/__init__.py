"""The gateway's HTTP interface in the words of OpenAPI 3.1, for programs and as a page for people.

All of it comes from the structs that are answered and the tables by which requests are read.
"""
