"""A laptop-sized stand-in for what MWAA tooling talks to: a real Kubernetes control plane and a simulated AWS."""
