"""Why this date: the clocks of a case day by day, and the one source of the words that say it."""
