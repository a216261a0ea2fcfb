"""The registry of servable versions, in a folder or a bucket of S3: whole versions, labels that move, who and when.

What is visible was written by one conditional write of one object, so a kill leaves nothing that anybody sees.
"""
