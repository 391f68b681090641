"""A small shop behind an HTTP API."""
