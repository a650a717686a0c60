"""Figures per site: how much of it is spun, how sure that is, and what shows it."""
