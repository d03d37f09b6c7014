"""Lint at the edge: the file it is asked about, and the words for what `rules.lint` finds."""
