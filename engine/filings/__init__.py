"""Filings: how a catalogue entry becomes a published item, on a stream of its own."""
