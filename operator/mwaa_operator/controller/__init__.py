"""The running process: watching, the work queue, the reconciler and what it writes. Decides nothing about environments itself."""
