"""What a Secret holds for git, and how git is told of it: by its environment and by files, never by arguments."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from mwaa_operator.api.conditions import Reason
from mwaa_operator.planning.artifacts.model import SourceProblemError

USERNAME = "username"
PASSWORD = "password"  # noqa: S105 - the name of a key, as of kubernetes.io/basic-auth
TOKEN = "token"  # noqa: S105 - the same
PRIVATE_KEY = "ssh-privatekey"
"""The key of Kubernetes' own type kubernetes.io/ssh-auth."""
KNOWN_HOSTS = "known_hosts"
CERTIFICATES = "ca.crt"
"""The authorities that a server's certificate may be signed by, beside which no others count: the key of kubernetes.io/tls."""

_USER_OF_A_TOKEN = "x-access-token"  # noqa: S105 - a user name; GitHub wants this one, and others take any
_HIDDEN = "***"
_SHORTEST = 4


@dataclass(frozen=True)
class GitCredentials:
    """Credentials for one repository. `secret` is the Secret's name, for messages."""

    secret: str
    username: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    private_key: bytes | None = field(default=None, repr=False)
    known_hosts: bytes | None = field(default=None, repr=False)
    certificates: bytes | None = field(default=None, repr=False)

    @classmethod
    def of(cls, secret: str, data: Mapping[str, bytes]) -> "GitCredentials":
        """Take them from a Secret's data. Raises SourceProblemError where it holds none, or what cannot be one."""
        password = _line(secret, data, TOKEN if TOKEN in data else PASSWORD)
        username = _line(secret, data, USERNAME) or (_USER_OF_A_TOKEN if TOKEN in data else None)
        key = data.get(PRIVATE_KEY)
        if not (password or key or CERTIFICATES in data):
            raise _useless(
                secret,
                f"has none of the keys {TOKEN}, {PASSWORD}, {PRIVATE_KEY} and {CERTIFICATES}. Add {USERNAME} and {PASSWORD}, or "
                f"{TOKEN}, for https, and {PRIVATE_KEY} and {KNOWN_HOSTS} for ssh.",
            )
        if password and not username:
            raise _useless(secret, f"has a {PASSWORD} and no {USERNAME}. Add it, or name the password {TOKEN}.")
        return cls(
            secret=secret,
            username=username,
            password=password,
            private_key=None if key is None else key.strip() + b"\n",
            known_hosts=data.get(KNOWN_HOSTS),
            certificates=data.get(CERTIFICATES),
        )

    def hide(self, text: str) -> str:
        """Take them out of what a server has said, in the forms in which git sends them."""
        if not self.password or len(self.password) < _SHORTEST:
            return text
        basic = base64.b64encode(f"{self.username}:{self.password}".encode()).decode()
        for form in (self.password, quote(self.password, safe=""), basic):
            text = text.replace(form, _HIDDEN)
        return text


def https_settings(
    host: str, credentials: GitCredentials | None, folder: Path
) -> tuple[dict[str, str], dict[str, str]]:
    """Settings of git and variables by which it speaks to an https host (`host:port`) with credentials, and to no other host.

    git asks a credential helper once a server wants to know who is there: a line of shell that repeats two variables
    (git-credential(1)). The variables are seen by processes of the same user alone.
    """
    # An empty one takes helpers away that git was built with.
    settings = {"credential.helper": ""}
    variables: dict[str, str] = {}
    if credentials is not None and credentials.password is not None:
        # Nothing of a repository's address is in this text, and nothing of the credentials.
        helper = '!printf "username=%s\\npassword=%s\\n" "$MWAA_OPERATOR_GIT_USERNAME" "$MWAA_OPERATOR_GIT_PASSWORD" #'
        settings[f"credential.https://{host}.helper"] = helper
        variables = {
            "MWAA_OPERATOR_GIT_USERNAME": credentials.username or "",
            "MWAA_OPERATOR_GIT_PASSWORD": credentials.password,
        }
    if credentials is not None and credentials.certificates is not None:
        variables["GIT_SSL_CAINFO"] = str(_written(folder / "authorities", credentials.certificates))
    return settings, variables


def ssh_variables(credentials: GitCredentials | None, folder: Path) -> dict[str, str]:
    """The variables by which git's ssh identifies itself by the key alone, and the host by the Secret's list alone.

    Raises SourceProblemError where one of them is missing: a host that nobody vouches for is not spoken to.
    """
    if credentials is None or credentials.private_key is None:
        where = (
            "no secretRef is given" if credentials is None else f"the Secret {credentials.secret} has no {PRIVATE_KEY}"
        )
        message = f"The repository is reached by ssh, and {where}. Name a Secret with {PRIVATE_KEY} and {KNOWN_HOSTS}."
        raise SourceProblemError(Reason.SOURCE_DENIED, message, lasting=True)
    if not (credentials.known_hosts or b"").strip():
        raise _useless(
            credentials.secret,
            f"has no {KNOWN_HOSTS}, by which the server is told from an impostor. Add the lines that ssh-keyscan prints, once you have "
            "compared them with what the host publishes.",
        )
    options = {
        "BatchMode": "yes",
        "StrictHostKeyChecking": "yes",
        "UserKnownHostsFile": f'"{_written(folder / "known_hosts", credentials.known_hosts or b"")}"',
        "GlobalKnownHostsFile": "none",
        "UpdateHostKeys": "no",
        "IdentityFile": f'"{_written(folder / "key", credentials.private_key)}"',
        "IdentitiesOnly": "yes",
        "IdentityAgent": "none",
        "PreferredAuthentications": "publickey",
        "ConnectTimeout": "20",
        "ServerAliveInterval": "15",
        "ServerAliveCountMax": "4",
        "ClearAllForwardings": "yes",
        "ControlPath": "none",
    }
    command = " ".join(["ssh", "-F", "none", *(f"-o {name}={value}" for name, value in options.items())])
    return {"GIT_SSH_COMMAND": command, "GIT_SSH_VARIANT": "ssh"}


def _written(path: Path, content: bytes) -> Path:
    """A file that nobody else can read, ever: ssh refuses a key that others may."""
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(content)
    return path


def _line(secret: str, data: Mapping[str, bytes], key: str) -> str | None:
    """A value of one line. Files often end with a line break that nobody means."""
    value = data.get(key, b"").rstrip(b"\r\n")
    try:
        text = value.decode()
    except UnicodeDecodeError:
        text = "\0"
    if not text.isprintable():
        raise _useless(secret, f"has a {key} that is not one line of text. Correct it.")
    return text or None


def _useless(secret: str, flaw: str) -> SourceProblemError:
    return SourceProblemError(Reason.SOURCE_DENIED, f"The Secret {secret} {flaw}", lasting=True)
