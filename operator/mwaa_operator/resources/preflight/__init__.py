"""Gathers the facts that preflight checks judge, a file for each subject."""
