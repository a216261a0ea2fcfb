"""The verbs that ask what runs: a server or gateway about pictures, once or as they come; a log store about those.

They need nothing of training and export, but for what they compare with.
"""
