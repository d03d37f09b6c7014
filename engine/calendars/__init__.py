"""Calendars as versioned instruments: import with an impact list, confirmation, history, check."""
