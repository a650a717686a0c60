"""Run the command line with ``python -m restorer``."""

from restorer.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
