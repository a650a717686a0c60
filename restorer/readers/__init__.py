"""Readers: from bytes on disk to a :class:`~restorer.types.Document` and back, without loss."""

from restorer.readers.text import decode, encode, read_document

__all__ = ["decode", "encode", "read_document"]
