"""The errors of the service, as its model has them (mwaa-behaviour.md §1: there are only these)."""

from __future__ import annotations

from typing import Any


class MwaaError(Exception):
    """An answer that is not a result. `members` is the body; the member that holds the text differs (§1.1)."""

    code = "InternalServerException"
    http_status = 500
    message_member = "message"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    @property
    def members(self) -> dict[str, Any]:
        return {self.message_member: self.message}


class ValidationError(MwaaError):
    code = "ValidationException"
    http_status = 400


class ResourceNotFoundError(MwaaError):
    code = "ResourceNotFoundException"
    http_status = 404


class AccessDeniedError(MwaaError):
    code = "AccessDeniedException"
    http_status = 403
    message_member = "Message"


class InternalServerError(MwaaError):
    pass


class SerializationError(MwaaError):
    """A body that is not JSON, or a member of the wrong type: AWS's common front end answers, not MWAA."""

    code = "SerializationException"
    http_status = 400
    message_member = "Message"


class UnknownOperationError(MwaaError):
    """A path that no operation has: again AWS's common front end."""

    code = "UnknownOperationException"
    http_status = 404


class ThrottlingError(MwaaError):
    """Not in the model: the gateway in front of MWAA answers (§1, last paragraph)."""

    code = "ThrottlingException"
    http_status = 429


class RestApiError(MwaaError):
    """An error of Airflow's own, with its status and body; there is no message (§1.1)."""

    def __init__(self, status: int, response: Any) -> None:
        super().__init__(f"Airflow answered {status}")
        self.status = status
        self.response = response

    @property
    def members(self) -> dict[str, Any]:
        return {"RestApiStatusCode": self.status, "RestApiResponse": self.response}


class RestApiClientError(RestApiError):
    code = "RestApiClientException"
    http_status = 400


class RestApiServerError(RestApiError):
    code = "RestApiServerException"
    http_status = 400
