"""The verbs that ask a running server or gateway about pictures: once, compared, under load, or as they come.

They need nothing of training and export, but for what they compare with.
"""
