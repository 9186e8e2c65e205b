"""`python -m pastiche` is the same as the command `pastiche`."""

from pastiche.cli import main

main()
