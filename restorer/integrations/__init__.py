"""Thin adapters for other people's pipelines, a module a library; none is imported unless asked for by name."""
