"""The names by which the API is known to others: they are a contract and never change within a version."""

from typing import Final

GROUP: Final = "mwaa-operator.dev"
VERSION: Final = "v1alpha1"
API_VERSION: Final = f"{GROUP}/{VERSION}"

KIND: Final = "MwaaEnvironment"
LIST_KIND: Final = "MwaaEnvironmentList"
PLURAL: Final = "mwaaenvironments"
SINGULAR: Final = "mwaaenvironment"
SHORT_NAMES: Final = ("mwaa",)
CATEGORIES: Final = ("aws", "airflow")

DAG_RUN_KIND: Final = "MwaaDagRun"
DAG_RUN_LIST_KIND: Final = "MwaaDagRunList"
DAG_RUN_PLURAL: Final = "mwaadagruns"
DAG_RUN_SINGULAR: Final = "mwaadagrun"
DAG_RUN_SHORT_NAMES: Final = ("dagrun", "dagruns")

FINALIZER: Final = f"{GROUP}/finalizer"

ANNOTATION_PAUSED: Final = f"{GROUP}/paused"
"""`"true"`: the operator watches and reports, and changes nothing, deletion included."""
ANNOTATION_RECONCILE_REQUESTED_AT: Final = f"{GROUP}/reconcile-requested-at"
"""Any new value: look at the object now, and try again what had been given up."""
ANNOTATION_APPROVED_PLAN: Final = f"{GROUP}/approved-plan"
"""The `status.plan.hash` that a person has agreed to, where `policies.update.approval` is `Manual`."""

TAG_PREFIX: Final = f"{GROUP}/"
"""AWS tag keys with this prefix say whose an environment is; users cannot set them."""
TAG_CLUSTER: Final = f"{TAG_PREFIX}cluster"
TAG_NAMESPACE: Final = f"{TAG_PREFIX}namespace"
TAG_NAME: Final = f"{TAG_PREFIX}name"
TAG_UID: Final = f"{TAG_PREFIX}uid"
OWNERSHIP_TAGS: Final = (TAG_CLUSTER, TAG_NAMESPACE, TAG_NAME, TAG_UID)
