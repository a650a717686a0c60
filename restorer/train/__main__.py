"""``python -m restorer.train CORPUS``: the same as ``restore train CORPUS``."""

import sys

from restorer.cli import main

if __name__ == "__main__":
    sys.exit(main(["train", *sys.argv[1:]]))
