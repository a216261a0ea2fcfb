"""The steps, oldest first. A step adds; none takes away what the release before reads or writes."""
