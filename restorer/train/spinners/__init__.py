"""Makers of spun text: each replaces runs of words in a segmented article and says what stood there."""

from restorer.train.spinners.base import Edit, Mixture, Options, Spinner, spun_text
from restorer.train.spinners.masked import Generator, MaskedSpinner
from restorer.train.spinners.noise import NoiseSpinner
from restorer.train.spinners.table import TableSpinner

__all__ = [
    "Edit",
    "Generator",
    "MaskedSpinner",
    "Mixture",
    "NoiseSpinner",
    "Options",
    "Spinner",
    "TableSpinner",
    "spun_text",
]
