"""The crash test: the operator is killed at every call it makes, started again, and has to end where it would have ended anyway."""
