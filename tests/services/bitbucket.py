#!/usr/bin/env python3
"""Every request that our tests make of Bitbucket is one of Bitbucket's own description, and so is what our Bitbucket answers.

Usage: bitbucket.py SERVICES_FOLDER FORGE_TEST

The description is that of Atlassian, as the types that the npm package @coderabbitai/bitbucket makes of it; tsc judges. Its
objects may have members that nobody knows. Each wants a "type", which its own examples leave out, so that it is put in.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import judges

SPEC = "@coderabbitai/bitbucket/cloud/openapi"
REPO = "/repositories/{workspace}/{repo_slug}"
# What ours is asked for, in the description's words; the first that fits.
PATHS = [(rf"{re.escape('/repositories/acme/shop')}", REPO),
         (r"/repositories/\w+/shop/pullrequests", REPO + "/pullrequests"),
         (r".*/pullrequests/\d+", REPO + "/pullrequests/{pull_request_id}"),
         (r".*/pullrequests/\d+/comments", REPO + "/pullrequests/{pull_request_id}/comments"),
         (r".*/comments/\d+/resolve", REPO + "/pullrequests/{pull_request_id}/comments/{comment_id}/resolve"),
         (r".*/pullrequests/\d+/(merge|decline|statuses)", REPO + "/pullrequests/{pull_request_id}/%s"),
         (r".*/commit/\w+", REPO + "/commit/{commit}"),
         (r".*/commit/\w+/statuses/build", REPO + "/commit/{commit}/statuses/build"),
         (r".*/issues", REPO + "/issues"),
         (r".*/issues/\d+", REPO + "/issues/{issue_id}"),
         (r".*/issues/\d+/comments", REPO + "/issues/{issue_id}/comments"),
         (r"/workspaces/acme/members", "/workspaces/{workspace}/members"),
         (r"/workspaces/acme/permissions/repositories/shop", "/workspaces/{workspace}/permissions/repositories/{repo_slug}")]
TYPES = {"/pullrequests": "pullrequest", "/pullrequests/{pull_request_id}": "pullrequest", "/statuses/build": "commitstatus",
         "/pullrequests/{pull_request_id}/comments": "pullrequest_comment", "/issues/{issue_id}/comments": "issue_comment"}
# Each must be refused: else the judge sleeps and its silence says nothing.
PLANTED = [("post", REPO + "/pullrequests", {"title": 1}), ("post", REPO + "/pullrequests", {"draft": "yes"}),
           ("post", REPO + "/pullrequests", {"source": {"branch": "x"}}),
           ("post", REPO + "/commit/{commit}/statuses/build", {"state": "approved"}),
           ("post", REPO + "/pullrequests/{pull_request_id}/comments", {"pending": "yes"}),
           ("post", REPO + "/pullrequests/{pull_request_id}/merge", {"type": "x", "merge_strategy": "anyhow"}),
           ("patch", REPO + "/pullrequests/{pull_request_id}", {}), ("get", REPO + "/pulls", None)]


def template(path: str) -> str:
    for pattern, name in PATHS:
        if found := re.fullmatch(pattern, path):
            return name % found.group(1) if "%s" in name else name
    return path  # the description has no such path, and tsc says so


def typed(name: str, body: dict) -> dict:
    kind = next((kind for end, kind in TYPES.items() if name.endswith(end)), None)
    whole = {"type": kind, **body} if kind else dict(body)
    if "repository" in whole.get("source", {}):
        whole["source"] = {**whole["source"], "repository": {"type": "repository", **whole["source"]["repository"]}}
    if "reviewers" in whole:
        whole["reviewers"] = [{"type": "account", **one} for one in whole["reviewers"]]
    if "parent" in whole:
        whole["parent"] = {"type": "comment", **whole["parent"]}
    return whole


def case(method: str, name: str, body: dict | None) -> str:
    operation = f"paths[{json.dumps(name)}][{json.dumps(method)}]"
    text = f'import type {{ paths }} from "{SPEC}";\ntype Operation = NonNullable<{operation}>;\n'
    # An undocumented method is of the type never, which has every member.
    text += "const there: [Operation] extends [never] ? false : true = true;\nexport { there };\n"
    if body is not None:
        text += 'type Body = NonNullable<Operation["requestBody"]>["content"]["application/json"];\n'
        text += f"export const body: Body = {json.dumps(typed(name, body), indent=1)};\n"
    return text


def kept(forge_test: str, folder: Path) -> list[dict]:
    folder.mkdir()
    subprocess.run([forge_test, "--gtest_filter=BitbucketTest.*", "--gtest_brief=1"],
                   env={**os.environ, "GF_KEEP_REQUESTS": str(folder)}, check=True, stdout=subprocess.DEVNULL)
    return [json.loads(file.read_text()) for file in sorted(folder.glob("*.json"))]


def main() -> int:
    modules = judges.node_modules(sys.argv[1])
    if not Path(modules, "@coderabbitai").exists():
        judges.skip(f"no @coderabbitai/bitbucket in '{modules}'")
    with tempfile.TemporaryDirectory() as at:
        place = Path(at)
        asked = kept(sys.argv[2], place / "kept")
        judges.set_up_tsc(modules, place)
        good: dict[str, str] = {}
        for one in asked:
            body = json.loads(one["body"]) if one["body"] else None
            good.setdefault(case(one["method"].lower(), template(one["path"].split("?")[0]), body),
                            f"good_{len(good)}.ts")
        bad = {f"planted_{number}.ts": case(*one) for number, one in enumerate(PLANTED)}
        for text, name in good.items():
            (place / name).write_text(text)
        for name, text in bad.items():
            (place / name).write_text(text)
        return judges.by_tsc(modules, at, good.values(), bad, f"{len(asked)} requests ({len(good)} of a kind) are described")


if __name__ == "__main__":
    sys.exit(main())
