"""That the caller's credentials are for the account that an environment is in: another may have one of the same name."""

from mwaa_operator.aws.sessions import Clients
from mwaa_operator.aws.sts import account_id
from mwaa_operator.cli.kubectl import view
from mwaa_operator.cli.kubectl.aws_problems import problem
from mwaa_operator.cli.kubectl.endings import ProblemError
from mwaa_operator.planning.failure import AwsError, FailureKind


def hold_to_account(clients: Clients, document: view.Document) -> None:
    """Ask AWS whose the credentials are. Raises ProblemError if they are not for the account of this MwaaEnvironment.

    Where STS cannot be reached, such as in a network without a way to it, the call that follows is made all the same.
    """
    if not view.member(document, "status.account.id"):
        return
    try:
        own = account_id(clients.client("sts", view.region(document)))
    except AwsError as error:
        if error.kind is FailureKind.CREDENTIALS:
            raise problem(error) from None
        return
    refuse_other(document, own)


def refuse_other(document: view.Document, own: str) -> None:
    """Raise ProblemError if `own` is not the account that the MwaaEnvironment is in, as far as that is known."""
    known = view.member(document, "status.account.id")
    if known and known != own:
        raise ProblemError(
            f"{document['metadata']['name']} is in the AWS account {known}, and your credentials are for {own}.",
            f"Choose credentials of {known}, for example with AWS_PROFILE.",
        )
