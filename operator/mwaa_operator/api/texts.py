"""Text that comes from elsewhere, cut to what the status has room for.

The API server refuses a status whole if one text in it is too long, and then nobody hears anything. So the operator
shortens.
"""

from typing import Annotated

from pydantic import BeforeValidator, StringConstraints


def shorten(limit: int) -> BeforeValidator:
    """Give a validator that cuts text to a number of characters, the last of which then is an ellipsis."""

    def cut(value: object) -> object:
        return value if not isinstance(value, str) or len(value) <= limit else value[: limit - 1] + "…"

    return BeforeValidator(cut)


Word = Annotated[str, StringConstraints(max_length=1024), shorten(1024)]
Text = Annotated[str, StringConstraints(max_length=4096), shorten(4096)]
Message = Annotated[str, StringConstraints(max_length=32768), shorten(32768)]
