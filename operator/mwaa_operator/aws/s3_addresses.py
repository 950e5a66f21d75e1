"""Amazon S3: addresses by which an object can be read without credentials for a while (S3 User Guide, presigned URLs).

botocore makes them for the global endpoint and, by default, with a signature that newer features do not take. These are for the
region's own endpoint, with the signature of today.
"""

from urllib.parse import quote

from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest

from mwaa_operator.aws.sessions import Clients


def readable_address(clients: Clients, region: str | None, *, bucket: str, key: str, seconds: int) -> str:
    """The address of an object that whoever knows it can read, for so many seconds or until our credentials end, if that is sooner.

    Nothing is asked of AWS. Raises AwsError where there are no credentials.
    """
    storage = clients.client("s3", region)
    request = AWSRequest("GET", f"{storage.meta.endpoint_url}/{bucket}/{quote(key, safe='/~')}")
    S3SigV4QueryAuth(clients.credentials(), "s3", storage.meta.region_name, expires=seconds).add_auth(request)
    return str(request.url)
