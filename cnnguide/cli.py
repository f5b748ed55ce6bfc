"""The command line: list, run, status and clean."""
