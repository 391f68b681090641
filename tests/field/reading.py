"""What a run tells in its events (`--json feature`), read."""

import json
import re
from datetime import datetime


def events_of(text):
    return [json.loads(line) for line in text.splitlines() if line.startswith('{"')]


def before_stages(text):
    """The events up to the first stage: what is done on the base."""
    events = events_of(text)
    begins = [at for at, event in enumerate(events) if event.get("kind") == "stage.begin"]
    return events[: begins[0]] if begins else events


def seconds_of(event):
    return datetime.fromisoformat(event["time"].replace("Z", "+00:00")).timestamp()


def counts_reported(text):
    """The gates that worked on the base, and what tests came to there."""
    gates, counts = [], {}
    for event in before_stages(text):
        fields = event.get("fields", {})
        works = fields.get("status") in ("pass", "fail") or fields.get("cached")
        if event.get("kind") != "gate.end" or not works:
            continue
        if fields["gate"] not in gates:
            gates.append(fields["gate"])
        totals = re.search(r"(\d+) passed, (\d+) failed", event["text"])
        if totals and not counts:  # later ones are of failures that are run again
            counts = {"passed": int(totals[1]), "failed": int(totals[2])}
    return gates, counts


def last_words(text):
    """How a run ended, in its own words."""
    ended = [row["text"] for row in events_of(text) if row.get("kind") == "run.end"]
    return ended[-1] if ended else "no event"
