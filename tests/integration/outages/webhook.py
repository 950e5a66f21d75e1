"""An admission webhook of the tests' own: the API server asks it before each write of a MwaaEnvironment, and does as it says.

https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
"""

from __future__ import annotations

import base64
import datetime as dt
import ipaddress
import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

LOOPBACK = "127.0.0.1"


class Webhook:
    """Listens from its making to `close`. `judge` is asked of each write, and gives None, or the Status that refuses it."""

    def __init__(self, folder, judge):
        certificate = folder / "webhook.pem"
        self._authority = write_certificate(certificate)
        self._server = ThreadingHTTPServer((LOOPBACK, 0), handler_of(judge))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True)
        self._thread.start()

    def configuration(self, namespace):
        """What has the API server ask it, of one namespace."""
        rule = {
            "apiGroups": ["mwaa-operator.dev"],
            "apiVersions": ["*"],
            "operations": ["UPDATE"],
            "resources": ["mwaaenvironments", "mwaaenvironments/status"],
        }
        hook = {
            "name": "judge.example.com",
            "admissionReviewVersions": ["v1"],
            "clientConfig": {
                "url": f"https://{LOOPBACK}:{self._server.server_port}/",
                "caBundle": base64.b64encode(self._authority).decode(),
            },
            "rules": [rule],
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}},
            "sideEffects": "None",
            "failurePolicy": "Fail",
            "timeoutSeconds": 30,
        }
        return json.dumps(
            {
                "apiVersion": "admissionregistration.k8s.io/v1",
                "kind": "ValidatingWebhookConfiguration",
                "metadata": {"name": f"judge-{namespace}"},
                "webhooks": [hook],
            }
        )

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def handler_of(judge):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            review = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            refusal = judge(review["request"])
            answer = {"uid": review["request"]["uid"], "allowed": refusal is None}
            if refusal is not None:
                answer["status"] = refusal
            content = json.dumps(
                {"apiVersion": review["apiVersion"], "kind": review["kind"], "response": answer}
            ).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            """Keep quiet."""

    return Handler


def write_certificate(path):
    """Write a key and a certificate for the loopback address that signs itself; gives the certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "webhook")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(LOOPBACK))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    signed = certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + signed)
    return signed
