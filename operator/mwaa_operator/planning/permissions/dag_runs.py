"""Runs of DAGs, and Airflow's health. MWAA lets a caller into Airflow by its roles: these calls are allowed on a role of Airflow's, not
on the environment (User Guide, access-policies).
"""

from mwaa_operator.planning.permissions.model import ACCOUNT, Grant, Policy

GRANTS = (
    Grant(
        sid="RunsOfDags",
        policy=Policy.OPERATOR,
        subject="MwaaDagRuns, AirflowHealthy",
        why="User is the least of Airflow's roles that may run DAGs; to ask for its health, Viewer is enough. The token is for ids that "
        "are too long for InvokeRestApi. Left out, no MwaaDagRun runs and AirflowHealthy is Unknown, and nothing else is different.",
        calls=("airflow:InvokeRestApi", "airflow:CreateWebLoginToken"),
        resources=(f"arn:aws:airflow:*:{ACCOUNT}:role/*/User",),
    ),
)
