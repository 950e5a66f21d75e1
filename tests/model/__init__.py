"""The operator in virtual time, against models of Kubernetes and AWS, through sequences that nobody would think of."""
