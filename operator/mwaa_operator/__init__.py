"""A Kubernetes operator for Amazon Managed Workflows for Apache Airflow (MWAA)."""


def __getattr__(name: str) -> str:
    """`__version__`, from the metadata of the installed distribution, whose reader takes long to import for a command line."""
    if name != "__version__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib.metadata import version  # noqa: PLC0415 - see above

    return version("mwaa-operator")
