"""Whole folders, dumps and crawls: read records, restore them, write the same containers again."""
