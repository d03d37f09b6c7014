"""The demo: a fictional county, a fast clock, and a client that tells the engine what happens there."""
