"""One module a verb of the `aoi` command, each thin: it reads options and calls what lessons call too."""
