"""Fetches the code that `spec.artifacts` names, and puts it into the bucket."""
