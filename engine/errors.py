"""Errors that are shown to the operator as they are, without a traceback."""


class OperatorError(Exception):
    """Something the operator can mend. Its text says what is wrong, where, and what to do; the command line prints it and exits with 1."""
