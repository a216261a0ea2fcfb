"""Options that several verbs share, and what people say with them as one typed value.

Click is used here, and the part that the options are about; heavy packages are imported when a verb runs.
"""
