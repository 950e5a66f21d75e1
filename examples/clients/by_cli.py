"""Starts a DAG by Airflow's command line, which MWAA runs for whoever has a CLI token.

    python by_cli.py ricsue-dublin dags trigger etl --conf '{"day": "2026-11-22"}'

Any command that MWAA allows will do. Each starts an Airflow of its own first, which takes seconds: programs are better off with
by_boto3.py. CreateCliToken gives a token, good for 60 seconds and once. Needs airflow:CreateCliToken on the environment, and a way to
its web server.
"""

import base64
import os
import shlex
import sys

import boto3
import urllib3


def main() -> None:
    """Run the command, show what it wrote, and end with 1 if it failed."""
    if len(sys.argv) < 3:
        sys.exit("usage: by_cli.py ENVIRONMENT COMMAND...")
    environment, *words = sys.argv[1:]
    token = boto3.client("mwaa").create_cli_token(Name=environment)
    host = token["WebServerHostname"]
    # The sandbox has all web servers at one address, which this variable names, and tells them apart by the Host header.
    server = os.environ.get("MWAA_OPERATOR_WEBSERVER_ENDPOINT", f"https://{host}").rstrip("/")
    answer = urllib3.PoolManager().request(
        "POST",
        f"{server}/aws_mwaa/cli",
        body=shlex.join(words),
        headers={"Host": host, "Authorization": f"Bearer {token['CliToken']}", "Content-Type": "text/plain"},
        timeout=120,
        retries=False,  # a command that was sent twice would run twice
    )
    if answer.headers.get("Content-Type", "").startswith("application/json"):
        written = answer.json()
        sys.stdout.write(base64.b64decode(written["stdout"]).decode(errors="replace"))
        sys.stderr.write(base64.b64decode(written["stderr"]).decode(errors="replace"))
    else:  # MWAA has not run it: 500 says that it does not have this command
        sys.stderr.write(f"HTTP {answer.status} {answer.data.decode(errors='replace')}\n")
    sys.exit(answer.status != 200)


if __name__ == "__main__":
    main()
