"""Mistakes of the operator: told in one line, never as a traceback."""

EXIT_CODE = 2


class OperatorError(Exception):
    """Something the operator can mend; the message says what is wrong and what to do, in one line."""
