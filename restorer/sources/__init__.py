"""Which article a text was copied from: an index of clean texts, the search in it, and what it shows."""
