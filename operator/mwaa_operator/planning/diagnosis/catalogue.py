"""All known causes."""

from mwaa_operator.planning.diagnosis.catalogue_airflow import AIRFLOW
from mwaa_operator.planning.diagnosis.catalogue_aws import AWS
from mwaa_operator.planning.diagnosis.catalogue_containers import CONTAINERS_OWN
from mwaa_operator.planning.diagnosis.catalogue_requirements import REQUIREMENTS
from mwaa_operator.planning.diagnosis.catalogue_startup_script import STARTUP_SCRIPT

CATALOGUE = (*STARTUP_SCRIPT, *REQUIREMENTS, *AWS, *AIRFLOW, *CONTAINERS_OWN)
"""In the order of the documentation."""
