"""The version, in the one place where packaging and the program both read it."""

__all__ = ["__version__"]

__version__ = "0.1.0"
