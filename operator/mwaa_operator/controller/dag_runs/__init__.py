"""Looks after MwaaDagRuns: beside the environments, with a queue, workers and threads of its own, so that neither waits for the other."""
