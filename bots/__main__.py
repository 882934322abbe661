"""`python -m bots` is the same command line as `pryimalnia`."""

from bots.app.cli import main

main()
