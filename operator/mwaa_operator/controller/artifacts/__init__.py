"""Sees to `spec.artifacts` beside the passes: fetching and uploading take longer than a pass may."""
