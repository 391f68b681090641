"""Who saw a mistake, by what the run has on record: the stage that stopped it may be the right one for
a wrong reason."""

from reading import events_of

# Who has to see it, and the stage at which that is.
STAGES = {
    "tool": "validate",  # a linter or type checker of the project's
    "suite": "test",  # a test that the project had
    "criteria": "test",  # the tests that were written for the spec, and no test that was there
    "reviewer": "review",  # a reviewer's reproduction, and nothing before
}


def statuses_in(outcome):
    return {test["id"]: test["status"] for test in outcome.get("tests", [])}


def status_now(test, before, after):
    """Parameters may hold what the change has moved (line numbers): then a new one of the test stands
    for it, one that does not pass before others."""
    if test in after:
        return after[test]
    function = test.partition("[")[0]
    found = {after[one] for one in after if one.partition("[")[0] == function and one not in before}
    return next(iter(found - {"passed"}), "passed") if found else None


def seen_at_test(run, gates):
    """`suite`: a test that passed on the base does not pass any more. `criteria`: none of those, but
    one that was not there. Nothing: it was no test that stopped it (a floor of coverage)."""
    before, after = {}, {}
    for outcome in (one for one in gates if one["stage"] == "test"):
        statuses = statuses_in(outcome)
        if outcome["tree"] == run["base_tree"]:
            before.update(statuses)
        elif len(statuses) > len(after):  # others are of the new tests alone
            after = statuses
    passed = [test for test, status in before.items() if status == "passed"]
    if any(status_now(test, before, after) != "passed" for test in passed):
        return "suite"
    return "criteria" if any(test not in before and status == "failed" for test, status in after.items()) else ""


def seen_by(run, gates, events):
    stage = run.get("failed_stage", "")
    if stage == "validate":
        return "tool"
    if stage == "test":
        return seen_at_test(run, gates)
    notes = [event["text"] for event in events_of(events) if event.get("kind") == "note"]
    shown = any(text.startswith("reproduction of ") and "fails as claimed" in text for text in notes)
    return "reviewer" if stage == "review" and shown else ""


def mistake_text(found):
    """Of README's table: where it was stopped and by whom, and if that was wrong, where it should be."""
    stopped = f"{found['stage'] or 'delivered'} ({found['seen_by'] or 'nobody'})"
    return stopped if found["right"] else f"**{stopped}, not {found['wanted']}**"
