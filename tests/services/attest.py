#!/usr/bin/env python3
"""Statements of `git factory attest` are read by the in-toto project's own library.

Usage: attest.py SERVICES_FOLDER VERIFY_TEST. With --judge FOLDER: in the judges' interpreter, judge what lies there.
"""

import copy
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

import judges

# Each must be refused: else the judge sleeps and its silence says nothing.
PLANTED = {
    "no subject": lambda s: s.update(subject=[]),
    "a subject without a digest": lambda s: s["subject"][0].pop("digest"),
    "no predicate type": lambda s: s.pop("predicateType"),
    "no predicate": lambda s: s.pop("predicate"),
    "another type": lambda s: s.update(_type="https://in-toto.io/Statement/v0"),
    "an unknown field": lambda s: s.update(signature="x"),
    "a digest that is no text": lambda s: s["subject"][0].update(digest={"gitCommit": {"hex": "1"}}),
    "an unknown field of the provenance": lambda s: s["predicate"].update(builder={"id": "x"}),
    "a builder that is text": lambda s: s["predicate"]["runDetails"].update(builder="x"),
    "a start that is no time": lambda s: s["predicate"]["runDetails"]["metadata"].update(startedOn="yesterday"),
    "dependencies that are no list": lambda s: s["predicate"]["buildDefinition"].update(resolvedDependencies={"name": "main"}),
    "no build type": lambda s: s["predicate"]["buildDefinition"].pop("buildType"),
    "no builder": lambda s: s["predicate"]["runDetails"]["builder"].pop("id"),
}


def main() -> int:
    if sys.argv[1] == "--judge":
        return judge(sys.argv[2])
    folder, verify_test = sys.argv[1:3]
    interpreter = judges.python(folder)
    with tempfile.TemporaryDirectory() as place:
        made = os.path.join(place, "statements")
        subprocess.run([verify_test, "--gtest_filter=*StatementsForOthersToRead", "--gtest_brief=1"], check=True, stdout=subprocess.DEVNULL,
                       env={**os.environ, "GF_DUMP_ATTESTATIONS": made})
        return subprocess.run([interpreter, "-B", os.path.abspath(__file__), "--judge", made]).returncode


def read(statement: dict) -> None:
    """Raises what the library, or the list of what SLSA requires, has against it."""
    from google.protobuf import json_format
    from in_toto_attestation.predicates.provenance.v1 import provenance_pb2
    from in_toto_attestation.v1.statement import Statement
    import in_toto_attestation.v1.statement_pb2 as statement_pb2

    text = json.dumps(statement)
    proto = json_format.Parse(text, statement_pb2.Statement())
    Statement.copy_from_pb(proto).validate()
    if statement["predicateType"] != "https://slsa.dev/provenance/v1":
        raise ValueError("another predicate")
    provenance = json_format.Parse(json.dumps(statement["predicate"]), provenance_pb2.Provenance())
    # Required by https://slsa.dev/spec/v1.0/provenance, which protobuf cannot say.
    if not provenance.build_definition.build_type or not provenance.build_definition.external_parameters:
        raise ValueError("buildType and externalParameters are required")
    if not provenance.run_details.builder.id:
        raise ValueError("builder.id is required")
    for uri in (provenance.build_definition.build_type, provenance.run_details.builder.id):
        if not re.match(r"[a-z][a-z0-9+.-]*:", uri):
            raise ValueError(f"'{uri}' is no URI")


def judge(folder: str) -> int:
    files = sorted(glob.glob(os.path.join(folder, "*.json")))
    missed, refused = [], []
    for path in files:
        with open(path) as file:
            statement = json.load(file)
        try:
            read(statement)
        except Exception as error:
            refused.append(f"{os.path.basename(path)}: {error}")
        for name, plant in PLANTED.items():
            wrong = copy.deepcopy(statement)
            plant(wrong)
            try:
                read(wrong)
                missed.append(f"{name}: a planted fault was not noticed")
            except Exception:
                pass
    print(f"{len(files)} statements read by in-toto-attestation, {len(files) * len(PLANTED) - len(missed)} of {len(files) * len(PLANTED)} planted faults refused")
    for line in refused + missed:
        print(line)
    return 1 if refused or missed or not files else 0


if __name__ == "__main__":
    sys.exit(main())
