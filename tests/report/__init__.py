"""Tests of restorer.report; a package, since other folders have test modules of the same names."""
