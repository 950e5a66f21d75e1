"""Keys, tokens and kubeconfig files of a control plane. Knows no processes."""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

import yaml
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from mwaa_sandbox.cluster.components import Files

_END_OF_CERTIFICATE = "-----END CERTIFICATE-----\n"


def write_service_account_key(path: Path) -> None:
    """Write a new private key; service account tokens are signed with it, and verified with the public key in it."""
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    _write_private(path, pem.decode())


def write_tokens(path: Path, users: dict[str, str]) -> None:
    """Write the API server's static token file. Each of `users` (name to token) is in the group system:masters."""
    _write_private(path, "".join(f'{token},{user},{user},"system:masters"\n' for user, token in users.items()))


def new_token() -> str:
    return secrets.token_urlsafe(32)


def write_ca(files: Files) -> None:
    """Take the certificate authority out of what the API server has generated: its certificate, then the signer's.

    Clients that verify strictly want an authority to trust, not the server's certificate.
    """
    chain = files.serving_certificate.read_text().split(_END_OF_CERTIFICATE)
    files.ca.write_text(chain[-2] + _END_OF_CERTIFICATE)


def write_kubeconfig(path: Path, *, server: str, ca: Path, user: str, token: str) -> None:
    """Write a kubeconfig that needs no other file: it may be copied anywhere."""
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {
                "name": "sandbox",
                "cluster": {
                    "server": server,
                    "certificate-authority-data": base64.b64encode(ca.read_bytes()).decode(),
                },
            }
        ],
        "users": [{"name": user, "user": {"token": token}}],
        "contexts": [{"name": "sandbox", "context": {"cluster": "sandbox", "user": user, "namespace": "default"}}],
        "current-context": "sandbox",
    }
    _write_private(path, yaml.safe_dump(config, sort_keys=False))


def _write_private(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
