#!/usr/bin/env python3
"""Every request that our tests make of GitHub is one that GitHub's own description allows.

Usage: github.py SERVICES_FOLDER FORGE_TEST

The requests of TESTS are kept (GF_KEEP_REQUESTS) and asked again of Prism, which has GitHub's description
(@octokit/openapi). It refuses what is not described: an unknown path or method, a missing or wrong member of a body, a
wrong value in a query. A member that nobody knows it lets pass.
"""

import json
import os
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

import judges
from beside import free_port, ready

PATHS = ["/repos/{owner}/{repo}", "/repos/{owner}/{repo}/pulls", "/repos/{owner}/{repo}/pulls/{pull_number}",
         "/repos/{owner}/{repo}/pulls/{pull_number}/merge",
         "/repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers",
         "/repos/{owner}/{repo}/issues/{issue_number}", "/repos/{owner}/{repo}/issues/{issue_number}/comments",
         "/repos/{owner}/{repo}/issues/{issue_number}/labels", "/repos/{owner}/{repo}/issues/{issue_number}/assignees",
         "/repos/{owner}/{repo}/milestones", "/repos/{owner}/{repo}/statuses/{sha}", "/repos/{owner}/{repo}/issues",
         "/search/issues", "/repos/{owner}/{repo}/collaborators",
         "/repos/{owner}/{repo}/collaborators/{username}/permission",
         "/repos/{owner}/{repo}/pulls/{pull_number}/reviews",
         "/repos/{owner}/{repo}/pulls/{pull_number}/comments",
         "/repos/{owner}/{repo}/pulls/{pull_number}/comments/{comment_id}/replies",
         "/repos/{owner}/{repo}/commits/{ref}/check-runs", "/repos/{owner}/{repo}/commits/{ref}/status",
         "/repos/{owner}/{repo}/check-runs/{check_run_id}/annotations",
         "/repos/{owner}/{repo}/actions/jobs/{job_id}/logs",
         "/repos/{owner}/{repo}/actions/permissions",
         "/repos/{owner}/{repo}/actions/workflows/{workflow_id}",
         "/repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches",
         "/repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs",
         "/repos/{owner}/{repo}/actions/runs/{run_id}/cancel"]
TESTS = "WorkflowTest.*:GitHubTest.*:Hubs/IssuesTest.*/GitHub:Hubs/ReviewTest.*/GitHub:Hub/GitHubReviewTest.*"
# Of another description: what only GraphQL has.
ELSEWHERE = ("/graphql",)
REPOSITORY = "/repos/acme/shop"
# Each must be refused: else the judge sleeps and its silence says nothing.
PLANTED = [("POST", "/pulls", {"title": "t", "head": "h"}), ("POST", "/pulls", {"title": 1, "head": "h", "base": "b"}),
           ("GET", "/pulls?state=bogus", None), ("GET", "/nowhere", None), ("PUT", "/pulls", {}),
           ("POST", "/issues/1/comments", {}), ("POST", "/statuses/abc", {"state": "approved"}),
           ("GET", "/pulls/abc", None), ("GET", "/issues?state=bogus", None),
           ("GET", "/commits/x/check-runs?filter=bogus", None), ("POST", "/pulls/1/comments/2/replies", {}),
           ("POST", "/actions/workflows/batch.yml/dispatches", {"inputs": {}}),
           ("POST", "/actions/workflows/batch.yml/dispatches", {"ref": "main", "inputs": "spring"}),
           ("POST", "/actions/workflows/batch.yml/dispatches",
            {"ref": "main", "inputs": {str(n): "x" for n in range(26)}}),
           ("GET", "/actions/workflows/batch.yml/runs?status=bogus", None), ("GET", "/actions/runs/1/cancel", None),
           ("POST", "/actions/runs/x/cancel", None)]


def subset(whole: dict) -> dict:
    """The description of PATHS with all that they refer to: a whole one takes Prism a quarter of a minute to read."""
    part = {**whole, "paths": {path: whole["paths"][path] for path in PATHS}, "components": {}}
    part.pop("x-webhooks", None)
    part.pop("webhooks", None)
    todo = [part["paths"]]
    while todo:
        one = todo.pop()
        if isinstance(one, list):
            todo.extend(one)
        elif isinstance(one, dict):
            reference = one.get("$ref", "")
            if isinstance(reference, str) and reference.startswith("#/components/"):
                _, _, kind, name = reference.split("/")
                if name not in part["components"].setdefault(kind, {}):
                    part["components"][kind][name] = whole["components"][kind][name]
                    todo.append(part["components"][kind][name])
            todo.extend(one.values())
    return part


class Stay(urllib.request.HTTPRedirectHandler):
    """Where it would send us is an example of the description's."""

    def redirect_request(self, *_: object) -> None:
        return None


STAYING = urllib.request.build_opener(Stay)


# GitHub's pages let `created` be a range, as its search has them; its description has it as one time alone.
SINCE = "created=%3E%3D"


def ask(url: str, method: str, path: str, body: object, headers: dict[str, str]) -> tuple[int, str]:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url + path, data, headers, method=method)
    try:
        with STAYING.open(request, timeout=60) as answer:
            return answer.status, ""
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")[:400]


def main() -> int:
    folder, forge_test = sys.argv[1:3]
    modules = judges.node_modules(folder)
    with tempfile.TemporaryDirectory() as place:
        kept = os.path.join(place, "kept")
        os.mkdir(kept)
        subprocess.run([forge_test, f"--gtest_filter={TESTS}", "--gtest_brief=1"], check=True,
                       env={**os.environ, "GF_KEEP_REQUESTS": kept}, stdout=subprocess.DEVNULL)
        requests = {}
        for name in os.listdir(kept):
            with open(os.path.join(kept, name)) as file:
                one = json.load(file)
            requests[one["method"], one["path"], one["body"]] = one
        with open(os.path.join(modules, "@octokit", "openapi", "generated", "api.github.com.json")) as file:
            part = subset(json.load(file))
        described = os.path.join(place, "github.json")
        with open(described, "w") as file:
            json.dump(part, file)
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        prism = subprocess.Popen(["node", os.path.join(modules, "@stoplight", "prism-cli", "dist", "index.js"), "mock",
                                  described, "-h", "127.0.0.1", "-p", str(port)], stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL)
        try:
            if not ready(url + REPOSITORY, prism):
                print("Prism did not start")
                return 1
            plain = {"Accept": "*/*", "Content-Type": "application/json"}
            for method, path, body in PLANTED:
                status, _ = ask(url, method, REPOSITORY + path, body, plain)
                if status < 400:
                    print(f"Prism lets {method} {path} {body} pass: it judges nothing")
                    return 1
            bad = 0
            for one in requests.values():
                if one["path"].startswith(ELSEWHERE):
                    continue
                body = json.loads(one["body"]) if one["body"] else None
                path = one["path"].replace(SINCE, "created=")
                status, said = ask(url, one["method"], path, body, one["headers"])
                if status >= 400 or (status >= 300 and not one["path"].endswith("/logs")):
                    bad += 1
                    print(f"{status}: {one['method']} {one['path']} {one['body'][:200]}\n  {said}")
            print(f"{len(requests)} requests asked of Prism, {bad} refused; {len(PLANTED)} planted faults refused")
            return 1 if bad or not requests else 0
        finally:
            prism.terminate()
            prism.wait(timeout=60)


if __name__ == "__main__":
    sys.exit(main())
