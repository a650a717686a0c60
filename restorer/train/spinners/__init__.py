"""Makers of spun text: each replaces runs of words in a segmented article and says what stood there."""

from restorer.train.spinners.base import Edit, Options, Spinner, spun_text
from restorer.train.spinners.table import TableSpinner

__all__ = ["Edit", "Options", "Spinner", "TableSpinner", "spun_text"]
