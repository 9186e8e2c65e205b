"""The front door: command line, settings, logs and the wiring of the roles."""
