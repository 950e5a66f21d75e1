"""A git server of https: git's own `http-backend` behind a certificate of a new authority, and behind a password."""

from __future__ import annotations

import base64
import datetime as dt
import ipaddress
import ssl
import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from mwaa_sandbox.process import clean_environment

LOOPBACK = "127.0.0.1"


class GitServer:
    """Serves the repositories below a folder. `asked` are the requests, as (authorization, method, path)."""

    def __init__(self, address, certificate):
        self.address = address
        self.certificate = certificate
        self.asked = []
        self.password = None
        """Who is let in, as user:password; None: everybody."""
        self.answers = {}
        """Answers in place of git's, by path: (status, headers, body)."""

    def url(self, path):
        return f"https://{self.address}/{path}"


@contextmanager
def serving(root, folder):
    """Serve repositories until the end of the block."""
    certificate = make_certificate(folder)

    class Handler(_Handler):
        repositories = root

    listener = ThreadingHTTPServer((LOOPBACK, 0), Handler)
    listener.daemon_threads = True
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    # The handshake belongs into the connection's own thread.
    listener.socket = context.wrap_socket(listener.socket, server_side=True, do_handshake_on_connect=False)
    server = GitServer(f"{LOOPBACK}:{listener.server_address[1]}", certificate)
    listener.handle_error = lambda *_: None  # clients that do not trust the certificate hang up
    Handler.server_of_tests = server
    thread = threading.Thread(target=listener.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listener.shutdown()
        listener.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    server_of_tests: GitServer
    repositories = None

    def do_GET(self):
        server = self.server_of_tests
        authorization = self.headers.get("Authorization")
        server.asked.append((authorization, self.command, self.path))
        body = self._body()
        path = urlsplit(self.path).path
        for beginning, answer in server.answers.items():
            if path.startswith(beginning):
                return self._answer(*answer(authorization, self.path) if callable(answer) else answer)
        if server.password is not None:
            expected = f"Basic {base64.b64encode(server.password.encode()).decode()}"
            if authorization is None:
                return self._answer(401, {"WWW-Authenticate": 'Basic realm="git"'}, b"")
            if authorization != expected:
                return self._answer(403, {}, b"")
        return self._answer(*self._git(body))

    do_POST = do_GET  # noqa: N815 - the base class wants this name

    def _body(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        found = b""
        while size := int(self.rfile.readline(), 16):
            found += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return found

    def _git(self, body):
        """Run git's own server (git-http-backend(1)), a CGI program (RFC 3875)."""
        address = urlsplit(self.path)
        variables = {
            "GIT_PROJECT_ROOT": str(self.repositories),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "safe.directory",
            "GIT_CONFIG_VALUE_0": "*",
            "PATH_INFO": address.path,
            "QUERY_STRING": address.query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }
        done = subprocess.run(
            ["git", "http-backend"], input=body, env=clean_environment(**variables), capture_output=True, check=False
        )
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().splitlines())
        return int(headers.pop("Status", "200").split()[0]), headers, content

    def _answer(self, status, headers, body):
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        """Say nothing."""


def make_certificate(folder):
    """Make a certificate for the loopback address that signs itself; gives it as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "git server of a test")])
    names = [x509.IPAddress(ipaddress.ip_address(LOOPBACK)), x509.DNSName("localhost")]
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    encoded = certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "server.pem").write_bytes(private + encoded)
    return encoded
