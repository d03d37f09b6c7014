"""One machine, one supervisor: starts the parts in order, starts them again when they die, stops them all."""
