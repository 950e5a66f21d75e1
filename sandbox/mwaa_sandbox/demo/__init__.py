"""The demo: a real control plane, a simulated AWS, the operator, and one example followed from `kubectl apply` to AVAILABLE."""
