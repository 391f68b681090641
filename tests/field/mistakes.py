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


def passed_in(outcome):
    return {test["id"] for test in outcome.get("tests", []) if test["status"] == "passed"}


def seen_at_test(run, gates):
    """`suite` if a test that passed on the base does not pass any more, else `criteria`."""
    judged = [one for one in gates if one["stage"] == "test" and one.get("tests") is not None]
    before = set().union(*(passed_in(one) for one in judged if one["tree"] == run["base_tree"]))
    after = [passed_in(one) for one in judged if one["tree"] != run["base_tree"]]
    whole = max(after, key=len, default=set())  # others are of the new tests alone
    return "suite" if before - whole else "criteria"


def seen_by(run, gates, events):
    stage = run.get("failed_stage", "")
    if stage == "validate":
        return "tool"
    if stage == "test":
        return seen_at_test(run, gates)
    notes = [event["text"] for event in events_of(events) if event.get("kind") == "note"]
    shown = any(text.startswith("reproduction of ") and "fails as claimed" in text for text in notes)
    return "reviewer" if stage == "review" and shown else ""


def told(found):
    """Of README's table: where it was stopped and by whom, and if that was wrong, where it should be."""
    stopped = f"{found['stage'] or 'delivered'} ({found['seen_by'] or 'nobody'})"
    return stopped if found["right"] else f"**{stopped}, not {found['wanted']}**"
