"""A Kubernetes operator for Amazon Managed Workflows for Apache Airflow (MWAA)."""

from importlib.metadata import version

__version__ = version("mwaa-operator")
