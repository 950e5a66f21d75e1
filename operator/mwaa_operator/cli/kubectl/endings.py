"""How a command ends when it does not just end: with a problem to tell, or with an exit code that says what was found."""


class ProblemError(Exception):
    """What a person did not get, and why. The message says what happened and to what, the advice what to do next. Exit code 1."""

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.advice = advice

    def __str__(self) -> str:
        return f"{super().__str__()} {self.advice}".strip()


class MissingError(ProblemError):
    """The cluster has no such object."""


class Found(Exception):  # noqa: N818 - nothing went wrong
    """The command has said all that it had to say, and its exit code is part of the answer."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code
