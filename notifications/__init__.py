"""Notices: who is told what, in which words, through which channel. No database, no clock, no rules of its own."""
