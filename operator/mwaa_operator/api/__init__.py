"""The custom resources: what people write, and what they read back.

The pydantic models here are the one source of the CRDs (`crd`), of the API reference in the documentation and of the
typed objects that the rest of the operator works with. This package must not know how anything is reconciled: no kopf,
no boto3, no Kubernetes client.
"""
