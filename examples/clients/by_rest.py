"""Starts a DAG by Airflow's own REST API, in a web session, follows its run to the end and shows what a task returned.

    python by_rest.py ricsue-dublin etl --conf '{"day": "2026-11-22"}' --task load

CreateWebLoginToken gives a token, good for 60 seconds and once, for a session of 12 hours with the web server. In it there is no
limit to a path's length, but the web server has to be reached: a private one, from its VPC only. Needs airflow:GetEnvironment, and
airflow:CreateWebLoginToken on arn:aws:airflow:REGION:ACCOUNT:role/ENVIRONMENT/User.
"""

import argparse
import json
import os
import sys
import time
from typing import Any
from urllib.parse import quote

import boto3
import urllib3


class Session:
    """A web session with the Airflow of an environment."""

    def __init__(self, environment: str) -> None:
        mwaa = boto3.client("mwaa")
        version = mwaa.get_environment(Name=environment)["Environment"]["AirflowVersion"]
        token = mwaa.create_web_login_token(Name=environment)
        self.is_2 = is_2 = version.startswith("2.")
        login, cookie, api = (
            ("/aws_mwaa/login", "session", "/api/v1") if is_2 else ("/pluginsv2/aws_mwaa/login", "_token", "/api/v2")
        )
        self._http = urllib3.PoolManager()
        # The sandbox has all web servers at one address, which this variable names, and tells them apart by the Host header.
        self._host = token["WebServerHostname"]
        self._server = os.environ.get("MWAA_OPERATOR_WEBSERVER_ENDPOINT", f"https://{self._host}").rstrip("/")
        answer = self._http.request_encode_body(
            "POST",
            self._server + login,
            fields={"token": token["WebToken"]},
            encode_multipart=False,
            headers={"Host": self._host},
            redirect=False,
        )
        values = [each.partition(";")[0] for each in answer.headers.getlist("Set-Cookie")]
        kept = next((each for each in values if each.startswith(f"{cookie}=")), None)
        if kept is None:
            sys.exit(f"The web server has given no session: HTTP {answer.status}")
        self._headers = {"Host": self._host, "Cookie": kept}
        if not is_2:
            self._headers["Authorization"] = f"Bearer {kept.partition('=')[2]}"
        self._api = self._server + api

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Call the REST API and return its answer."""
        answer = self._http.request(method, self._api + path, json=body, headers=self._headers)
        if answer.status >= 400:
            sys.exit(f"{method} {path}: HTTP {answer.status} {answer.data.decode(errors='replace')}")
        return answer.json()


def main() -> None:
    """Start a run, follow it, and show an XCom; end with 1 if the run fails."""
    parser = argparse.ArgumentParser(description="Start a DAG by REST.")
    parser.add_argument("environment")
    parser.add_argument("dag")
    parser.add_argument("--conf", type=json.loads, default={}, help="JSON that the run is given")
    parser.add_argument("--task", help="show what this task returned")
    wanted = parser.parse_args()

    airflow = Session(wanted.environment)
    # Airflow 3 wants a logical date, which may be none; Airflow 2 takes the time it is.
    body = {"conf": wanted.conf, **({} if airflow.is_2 else {"logical_date": None})}
    run = airflow.call("POST", f"/dags/{wanted.dag}/dagRuns", body)["dag_run_id"]
    print(f"Started {run}")
    path = f"/dags/{wanted.dag}/dagRuns/{quote(run, safe='')}"
    while (state := airflow.call("GET", path)["state"]) not in {"success", "failed"}:
        time.sleep(5)
    print(f"It ended in {state}")
    if state == "success" and wanted.task:
        found = airflow.call("GET", f"{path}/taskInstances/{wanted.task}/xcomEntries/return_value")
        print(f"{wanted.task} returned {found['value']}")
    sys.exit(state != "success")


if __name__ == "__main__":
    main()
