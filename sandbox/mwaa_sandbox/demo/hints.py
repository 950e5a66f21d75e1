"""What a person may try while the demo is up, as lines to paste."""

from __future__ import annotations

import json
from collections.abc import Mapping


def what_to_try(
    endpoint: str,
    variables: Mapping[str, str],
    *,
    namespace: str,
    name: str,
    provisions: bool = False,
    airflow: bool = False,
) -> str:
    """Return commands, each below a comment that says what it shows.

    Shells that are used by hand may not know comments, so there is nothing in them that such a shell would trip over:
    no quotes, no parentheses. `provisions` says that the environment has a network of its own, `airflow` that it has a real
    Airflow with the example DAGs.
    """
    account, region = variables["AWS_ACCESS_KEY_ID"][-12:], variables["AWS_REGION"]
    admin = f"{endpoint}/_sandbox"
    failure = json.dumps({"environment": name, "operation": "update", "outcome": "rolled_back_update_failed"})
    network = json.dumps({"spec": {"provision": {"network": {"natGateways": "Single"}}}})
    parts = f"""\
# List what was made
kubectl get mwaa {name} -n {namespace} -o jsonpath='{{range .status.resources[*]}}{{.kind}} {{.id}}{{"\\n"}}{{end}}'
# Have one NAT gateway in place of two: first the route is turned, then the gateway goes
kubectl patch mwaa {name} -n {namespace} --type=merge -p '{network}'
"""
    code = f"""\
# Open the UI, signed in
kubectl mwaa login {name} -n {namespace}
# Run a DAG and follow it: tasks, logs, what they return
kubectl mwaa run {name} etl -n {namespace} --follow --conf '{{"day": "2026-11-23"}}'
# Give Airflow a command
kubectl mwaa cli {name} -n {namespace} -- dags list
# Change the code of a DAG, for example the orders in etl.py: the next run is with the new one
kubectl edit configmap example-dags -n {namespace}
"""
    return f"""\
{code if airflow else ""}\
{parts if provisions else ""}\
# Edit, for example maxWorkers: one UpdateEnvironment follows
kubectl edit mwaa {name} -n {namespace}
# Read its whole story
kubectl describe mwaa {name} -n {namespace}
# Change it in AWS behind the back of the operator, and ask that to look
curl -sX PATCH {admin}/environments/{account}/{region}/{name} -d '{{"MaxWorkers": 3}}' >/dev/null
kubectl annotate mwaa {name} -n {namespace} --overwrite mwaa-operator.dev/reconcile-requested-at=$(date +%s)
# Break the next update, then edit: the failure is told, and not repeated
curl -sX POST {admin}/outcomes -d '{failure}' >/dev/null
# See what AWS was asked
curl -s {admin}/calls/counters; echo
# Delete: this comes back when AWS is rid of it
kubectl delete mwaa {name} -n {namespace}"""
