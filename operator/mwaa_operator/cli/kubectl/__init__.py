"""`kubectl mwaa`: what people ask of environments, one file a command. kubectl finds it as the program `kubectl-mwaa` in PATH."""
