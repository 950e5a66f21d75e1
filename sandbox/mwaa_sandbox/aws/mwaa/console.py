"""The page that the AWS console opens: it takes the token from behind the `#`, which no server sees, and signs in with it."""

from __future__ import annotations

import json

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Signing in to Apache Airflow</title></head>
<body>
<p id="told">Signing in ...</p>
<script>
const token = decodeURIComponent(window.location.hash.slice(1));
history.replaceState(null, "", window.location.pathname);
fetch(%(login)s, {
  method: "POST",
  headers: {"Content-Type": "application/x-www-form-urlencoded"},
  body: new URLSearchParams({token}),
  credentials: "same-origin",
}).then((answer) => {
  if (answer.ok) { window.location.replace("/"); return; }
  document.getElementById("told").textContent = "The login token is not valid any more: ask for a new one.";
});
</script>
</body>
</html>
"""


def page(login_path: str) -> bytes:
    """Return the page; `login_path` is where the token is exchanged."""
    return (_PAGE % {"login": json.dumps(login_path)}).encode()
