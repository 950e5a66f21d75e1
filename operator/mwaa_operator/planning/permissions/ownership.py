"""How a policy tells what the operator has made: by a tag that it gives to everything in the call that makes it."""

from mwaa_operator.api.names import TAG_CLUSTER
from mwaa_operator.planning.permissions.model import Condition

MADE_BY_US: Condition = {"Null": {f"aws:ResourceTag/{TAG_CLUSTER}": "false"}}
"""The thing carries the tag, whatever its value: that is the uid of the cluster's namespace `kube-system`."""
ROLE_MADE_BY_US: Condition = {"Null": {f"iam:ResourceTag/{TAG_CLUSTER}": "false"}}
"""The same of roles, as the IAM User Guide has it."""
WITH_OUR_TAGS: Condition = {"Null": {f"aws:RequestTag/{TAG_CLUSTER}": "false"}}
"""The call brings the tag along."""
