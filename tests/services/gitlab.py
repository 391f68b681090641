#!/usr/bin/env python3
"""Every request that our tests make of GitLab is of the types that GitBeaker has for it, and so is what our GitLab answers.

Usage: gitlab.py SERVICES_FOLDER FORGE_TEST

GitLab's own description is in no package of npm or PyPI; @gitbeaker/core is the client that people write for it, and tsc
judges. It names members in its own way (camelCase), so that is what ours are turned into.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.parse
from pathlib import Path

import judges

TESTS = "GitLabTest.*:Columns/TableTest.*/gitlab"
ROOT = "/api/v4/projects/[^/]+"
PAGED = "{ perPage?: number; page?: number }"
# GitLab's pages have the state "all", GitBeaker has not.
ANY_STATE = "Omit<AllMergeRequestsOptions, 'state'> & { state?: AllMergeRequestsOptions['state'] | 'all' }"
# Of a call: what its body or its query is, and what is answered.
KINDS = [("GET", ROOT, PAGED, "ProjectSchema"),
         ("GET", ROOT + "/merge_requests", f"{ANY_STATE} & {PAGED}", "MergeRequestSchemaWithBasicLabels[]"),
         ("POST", ROOT + "/merge_requests",
          "CreateMergeRequestOptions & { sourceBranch: string; targetBranch: string; title: string }",
          "ExpandedMergeRequestSchema"),
         ("GET", ROOT + r"/merge_requests/\d+", PAGED, "ExpandedMergeRequestSchema"),
         ("PUT", ROOT + r"/merge_requests/\d+", "EditMergeRequestOptions", "ExpandedMergeRequestSchema"),
         ("PUT", ROOT + r"/merge_requests/\d+/merge", "AcceptMergeRequestOptions", "ExpandedMergeRequestSchema"),
         ("GET", ROOT + r"/merge_requests/\d+/notes", f"{PAGED} & {{ sort?: 'asc' | 'desc' }}", "MergeRequestNoteSchema[]"),
         ("POST", ROOT + r"/merge_requests/\d+/(discussions/\w+/)?notes", "{ body: string }", "MergeRequestNoteSchema"),
         ("GET", ROOT + r"/merge_requests/\d+/discussions", PAGED, "DiscussionSchema[]"),
         ("PUT", ROOT + r"/merge_requests/\d+/discussions/\w+", "{ resolved: boolean }", "DiscussionSchema"),
         ("GET", ROOT + r"/merge_requests/\d+/reviewers", PAGED, "MergeRequestReviewerSchema[]"),
         ("GET", ROOT + r"/merge_requests/\d+/pipelines", PAGED, "PipelineSchema[]"),
         ("GET", ROOT + r"/pipelines/\d+/jobs", f"{PAGED} & {{ scope?: JobScope }}", "JobSchema[]"),
         ("GET", ROOT + r"/jobs/\d+/trace", PAGED, "string"),
         ("GET", ROOT + "/issues", f"AllIssuesOptions & {PAGED}", "IssueSchemaWithBasicLabels[]"),
         ("GET", ROOT + r"/issues/\d+", PAGED, "IssueSchemaWithBasicLabels"),
         ("GET", ROOT + r"/issues/\d+/notes", f"{PAGED} & {{ sort?: 'asc' | 'desc' }}", "IssueNoteSchema[]"),
         ("POST", ROOT + r"/issues/\d+/notes", "{ body: string }", "IssueNoteSchema"),
         ("GET", ROOT + "/milestones", "AllMilestonesOptions", "MilestoneSchema[]"),
         ("GET", ROOT + r"/members/all", PAGED, "MemberSchema[]"),
         ("GET", ROOT + r"/members/all/\d+", PAGED, "MemberSchema"),
         ("GET", "/api/v4/users", "AllUsersOptions", "UserSchema[]"),
         ("POST", ROOT + r"/statuses/\w+", "EditPipelineStatusOptions & { state: CommitablePipelineStatus }",
          "CommitStatusSchema")]
# Each must be refused: else the judge sleeps and its silence says nothing.
PLANTED = [("CreateMergeRequestOptions", {"labels": 7}), ("CreateMergeRequestOptions", {"draft_of": "x"}),
           ("EditMergeRequestOptions", {"title": 3}), ("AcceptMergeRequestOptions", {"squash": "yes"}),
           ("{ state: CommitablePipelineStatus }", {"state": "approved"}), ("AllMergeRequestsOptions", {"state": "bogus"}),
           ("AllIssuesOptions", {"labels": 7}), ("Answer<ExpandedMergeRequestSchema>", {"iid": "1"}),
           ("Answer<MemberSchema>", {"access_level": "owner"})]
HEAD = """type Answer<T> = T extends (infer U)[] ? Answer<U>[] : T extends object ? { [K in keyof T]?: Answer<T[K]> | null } : T;
"""


def camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda found: found.group(1).upper(), name.removesuffix("[]"))


def case(number: int, kind: str, value: object) -> str:
    names = sorted(set(re.findall(r"\b[A-Z]\w+", kind)) - {"Answer", "Omit"})
    imports = f'import type {{ {", ".join(names)} }} from "@gitbeaker/core";\n' if names else ""
    return f"{imports}{HEAD}export const value{number}: {kind} = {json.dumps(value, indent=1)};\n"


def asked_in(one: dict) -> dict:
    """The body or the query, named as GitBeaker names it."""
    if one["body"]:
        return {camel(key): value for key, value in json.loads(one["body"]).items()}
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(one["path"]).query)
    return {camel(key): int(values[0]) if values[0].isdigit() else values[0] for key, values in query.items()}


def kept(forge_test: str, folder: Path) -> list[dict]:
    folder.mkdir()
    subprocess.run([forge_test, f"--gtest_filter={TESTS}", "--gtest_brief=1"],
                   env={**os.environ, "GF_KEEP_REQUESTS": str(folder)}, check=True, stdout=subprocess.DEVNULL)
    return [json.loads(file.read_text()) for file in sorted(folder.glob("*.json"))]


def cases(asked: list[dict]) -> tuple[dict[str, str], list[str]]:
    good: dict[str, str] = {}
    unknown = []
    for one in asked:
        path = one["path"].split("?")[0]
        kind = next((row for row in KINDS if row[0] == one["method"] and re.fullmatch(row[1], path)), None)
        if kind is None:
            unknown.append(f"{one['method']} {path}: GitBeaker has no such call")
            continue
        wished, answered = kind[2:]
        texts = [case(0, wished, asked_in(one))]
        if one["status"] < 300:
            texts.append(case(0, f"Answer<{answered}>", one["answer"]))
        for text in texts:
            good.setdefault(text, f"good_{len(good)}.ts")
    return good, unknown


def main() -> int:
    modules = judges.node_modules(sys.argv[1])
    if not Path(modules, "@gitbeaker").exists():
        judges.skip(f"no @gitbeaker/core in '{modules}'")
    with tempfile.TemporaryDirectory() as at:
        place = Path(at)
        asked = kept(sys.argv[2], place / "kept")
        judges.set_up_tsc(modules, place)
        good, unknown = cases(asked)
        bad = {f"planted_{number}.ts": case(number, kind, value) for number, (kind, value) in enumerate(PLANTED)}
        for text, name in good.items():
            (place / name).write_text(text)
        for name, text in bad.items():
            (place / name).write_text(text)
        failed = judges.by_tsc(modules, at, good.values(), bad, f"{len(asked)} requests ({len(good)} texts of a kind) compile")
        for line in unknown:
            print(line)
        return 1 if failed or unknown else 0


if __name__ == "__main__":
    sys.exit(main())
