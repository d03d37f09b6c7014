"""Channels of an installation: configured as data, opened with their secrets, each with its pace and its state of health."""
