"""What of `spec.artifacts` belongs into the bucket, decided on without touching it."""
