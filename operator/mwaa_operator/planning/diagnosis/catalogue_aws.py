"""What the containers say when AWS refuses them something, or when they do not reach it (`mwaa-behaviour.md` §5, §6)."""

from mwaa_operator.planning.diagnosis.model import CONTAINERS, Stream, known
from mwaa_operator.planning.diagnosis.weights import LIKELY, STRONG

_ROLE = "mwaa-create-role.html"
_SECRETS = "connections-secrets-manager.html"
_ENDPOINTS = "vpc-vpe-create-access.html"
_NO_ANSWER = r"(?:Connect timeout on|Could not connect to the|Read timeout on) endpoint URL: \"https://"

AWS = (
    known(
        "QueueDenied",
        r"not authorized to perform: sqs:|Access to the resource https://\S*sqs\S* is denied",
        streams=CONTAINERS,
        weight=STRONG,
        cause="The execution role may not use the queue that Airflow hands tasks to its workers by.",
        advice="Allow it the SQS actions of AWS's sample policy on arn:aws:sqs:REGION:*:airflow-celery-*.",
        page=_ROLE,
        explains={"QueueUnreachable"},
    ),
    known(
        "QueueUnreachable",
        rf"Cannot connect to sqs://|{_NO_ANSWER}(?:sqs\.|queue\.|[\w-]+\.queue\.)",
        streams=CONTAINERS,
        weight=STRONG,
        cause="Airflow does not reach Amazon SQS, by which it hands tasks to its workers.",
        advice="Give the private subnets NAT gateways, or the interface endpoint of sqs with private DNS, in both subnets and with a "
        "security group that admits the environment by TCP 443.",
        page=_ENDPOINTS,
        explains={"AwsUnreachable"},
    ),
    known(
        "KeyDenied",
        r"not authorized to perform: kms:|KMS\.AccessDeniedException|KMSAccessDenied|Access to KMS is not allowed"
        r"|ciphertext refers to a customer master key that does not exist",
        streams=CONTAINERS,
        weight=STRONG,
        cause="The execution role may not use the key that something is encrypted with.",
        advice="Allow it kms:Decrypt, DescribeKey, GenerateDataKey* and Encrypt on that key, in its own policy and in the key's.",
        page="custom-keys-certs.html",
        explains={"QueueDenied", "QueueUnreachable", "BucketDenied", "SecretsDenied", "LogsDenied"},
    ),
    known(
        "BucketDenied",
        r"not authorized to perform: s3:|\((?:AccessDenied|403)\) when calling the (?:GetObject|HeadObject|HeadBucket|ListObjects\w*"
        r"|GetBucket\w*) operation",
        streams=CONTAINERS,
        weight=STRONG,
        cause="The execution role may not read the source bucket.",
        advice="Allow it s3:GetObject*, GetBucket* and List* on the bucket and on what is in it; look at the bucket's own policy as well.",
        page=_ROLE,
    ),
    known(
        "LogsDenied",
        r"not authorized to perform: logs:",
        streams=CONTAINERS,
        weight=STRONG,
        cause="The execution role may not write all of the environment's logs.",
        advice="Allow it the actions of AWS's sample policy on log-group:airflow-NAME-*.",
        page=_ROLE,
    ),
    known(
        "MetricsDenied",
        r"not authorized to perform: cloudwatch:",
        streams=CONTAINERS,
        weight=LIKELY,
        cause="The execution role may not publish metrics to CloudWatch.",
        advice="Allow it cloudwatch:PutMetricData.",
        page=_ROLE,
    ),
    known(
        "SecretsDenied",
        r"not authorized to perform: (?:secretsmanager|ssm):"
        r"|\(AccessDeniedException\) when calling the (?:GetSecretValue|GetParameter) operation",
        streams=CONTAINERS,
        weight=LIKELY,
        cause="The execution role may not read from the secrets backend that the options name.",
        advice="Allow it secretsmanager:GetSecretValue and DescribeSecret (or ssm:GetParameter) on what the prefixes of the options name.",
        page=_SECRETS,
    ),
    known(
        "SecretsUnreachable",
        rf"{_NO_ANSWER}(?:secretsmanager|ssm)\.",
        streams=CONTAINERS,
        weight=LIKELY,
        cause="Airflow does not reach its secrets backend.",
        advice="Give the private subnets NAT gateways, or the interface endpoint of secretsmanager (or ssm) with private DNS.",
        page=_SECRETS,
        explains={"AwsUnreachable"},
    ),
    known(
        "SecretsBackendInvalid",
        r"Failed to parse \[(?:secrets|workers)\] \w+|got an unexpected keyword argument '\w+_prefix'",
        streams=CONTAINERS,
        weight=LIKELY,
        cause="The option secrets.backend_kwargs is not what the secrets backend takes.",
        advice="Set it to one JSON object, such as the sample of AWS has it.",
        page=_SECRETS,
    ),
    known(
        "AwsUnreachable",
        _NO_ANSWER,
        streams=CONTAINERS,
        weight=STRONG,
        cause="Airflow does not reach a service of AWS.",
        advice="Give the private subnets NAT gateways, or the endpoint of the service that the line names, with private DNS.",
        page=_ENDPOINTS,
    ),
    known(
        "TaskApiUnreachable",
        r"httpx\.Connect(?:Timeout|Error)|ConnectTimeout\('timed out'\)",
        streams={Stream.WORKER},
        weight=STRONG,
        cause="Workers do not reach the web server, which tasks of Airflow 3 report to.",
        advice="With webserverAccessMode PUBLIC_ONLY the private subnets need a way to the internet, by NAT gateways; without one use "
        "PRIVATE_ONLY.",
        page="configuring-networking.html",
    ),
)
