"""The station's pages for people, as a browser beside the line shows them: offline, without a build step.

A page is a template, a handler that fills it by `shell.shown`, a route in `app`, and a line in `navigation`.
"""
