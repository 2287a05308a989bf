"""Refreshes one state through Dagster's UI at 127.0.0.1:3000, as a person would; waits for it."""

from __future__ import annotations

import json
import sys
import time
import urllib.request
from typing import Any

_ADDRESS = "http://127.0.0.1:3000/graphql"
_LAUNCH = """
mutation ($params: ExecutionParams!) {
  launchRun(executionParams: $params) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on PythonError { message }
  }
}
"""
_STATUS = """
query ($run: ID!) { runOrError(runId: $run) { ... on Run { status } } }
"""
_PATIENCE = 300


def ask(query: str, **variables: Any) -> dict[str, Any]:
    """The answer's data."""
    body = json.dumps({"query": query, "variables": variables}).encode()
    request = urllib.request.Request(_ADDRESS, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        told = json.load(answer)
    if "errors" in told:
        raise SystemExit(f"The UI refused: {told['errors']}")
    data: dict[str, Any] = told["data"]
    return data


def main(state: str) -> None:
    """Launch, and wait until the run has ended."""
    selector = {
        "repositoryLocationName": "showlist",
        "repositoryName": "__repository__",
        "jobName": "refresh_states",
    }
    tags = [{"key": "dagster/partition", "value": state}]
    params = {"selector": selector, "runConfigData": {}, "executionMetadata": {"tags": tags}}
    launched = ask(_LAUNCH, params=params)["launchRun"]
    if launched["__typename"] != "LaunchRunSuccess":
        raise SystemExit(f"The run was not launched: {launched}")
    until = time.monotonic() + _PATIENCE
    status = ""
    while status not in {"SUCCESS", "FAILURE", "CANCELED"} and time.monotonic() < until:
        time.sleep(0.5)
        status = ask(_STATUS, run=launched["run"]["runId"])["runOrError"]["status"]
    if status != "SUCCESS":
        raise SystemExit(f"The run of {state} ended as {status}.")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "VT")
