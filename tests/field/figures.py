"""Where the time goes: until a model is asked, for an environment, for a gate beside its tool alone."""

import json
import pathlib
import tempfile

from reading import events_of, seconds_of

ENOUGH_S = 60  # a tool is run twice, since a cache has to be there first, and again within this time


def gates_in(events):
    """Seconds of each gate that looked at everything, from its begin to its end, the least of them:
    of the base and of the change."""
    begun, spent, counted = {}, {}, {}
    for event in events_of(events):
        name = event.get("fields", {}).get("gate")
        if event.get("kind") == "gate.begin":
            begun[name] = seconds_of(event)
        if event.get("kind") != "gate.end" or name not in begun:
            continue
        took = seconds_of(event) - begun.pop(name)
        if event["fields"].get("status") not in ("pass", "fail") or is_of_few(event, counted):
            continue
        spent[name] = min(took, spent.get(name, took))
    return {name: round(took, 2) for name, took in spent.items()}


def is_of_few(event, counted):
    """Tests that are run apart, as new and failed ones are, say nothing of the suite's time."""
    words = event["text"].replace(",", "").split()
    if "passed" not in words:
        return False
    passed, name = int(words[words.index("passed") - 1]), event["fields"]["gate"]
    counted.setdefault(name, passed)
    return passed < counted[name]


def environment_in(events):
    """Seconds until a run had its environment."""
    ended = [event["fields"]["ms"] for event in events_of(events)
             if event.get("kind") == "act.end" and event["text"] == "environment"]
    return ended[0] / 1000 if ended else None


def alone(world):
    """Seconds of each gate's tool by itself in the developer's own folder and environment, the least of
    some: `same`, with the gate's arguments; `bare`, without those that are for our sake."""
    python, where = pythons(world)
    found = {}
    for name, (argv, ended) in starts(world).items() if python.exists() else []:
        found[name] = {"same": least(world, argv, ended, python, where)}
        bare = own_words(argv)
        counted = any(word.startswith("--cov") for word in argv)  # else it is the same work
        found[name]["bare"] = least(world, bare, ended, python, where) if counted else None
    return found


def least(world, argv, ended, python, where):
    """Nothing, if it does not end as it did in the gate (for want of a plugin that the gate brings)."""
    took = []
    with tempfile.TemporaryDirectory() as kept:
        places = {"<python>/bin": str(python.parent), "<scratch>": kept, "<cache>": kept}
        words = argv
        for place, folder in places.items():
            words = [word.replace(place, folder) for word in words]
        if any(word.startswith("<") for word in words):
            return None
        while len(took) < 2 or (len(took) < 3 and sum(took) < ENOUGH_S):
            more = {"COVERAGE_FILE": kept + "/data"}
            status, _, seconds = world.run(words, where, more, log="log-alone")
            if status != ended:
                return None
            took.append(seconds)
    return round(min(took), 2)


def pythons(world):
    """The interpreter of the developer's own environment, and his folder."""
    if not world.row.get("environment", True):
        return world.theirs / ".venv/bin/python", world.theirs
    listing = json.loads(world.run(["git", "factory", "--json", "env"])[1] or "{}")
    taken = [one["program"] for one in listing.get("candidates", []) if one.get("taken")]
    return pathlib.Path(taken[0] if taken else "none"), world.work


def starts(world):
    """How each gate was started on the base, and its exit status."""
    shown = json.loads(world.run(["git", "factory", "show", "right", "--json"], log="shown")[1] or "{}")
    found = {}
    for outcome in shown.get("gates", []):
        if outcome["tree"] == shown["run"]["base_tree"] and outcome.get("argv"):
            found.setdefault(outcome["gate"], (outcome["argv"], outcome["exit"]))
    return found


def own_words(argv):
    """Without coverage, and without what names a place of ours."""
    kept = []
    for word in argv:
        ours = any(place in word for place in ("<scratch>", "<cache>"))
        ours = ours or word.startswith(("--cov", "junit_family"))
        if ours and kept and kept[-1] in ("-o", "--cache-dir"):
            kept.pop()
        if not ours:
            kept.append(word)
    return kept


def seconds_text(seconds):
    return "-" if seconds is None else f"{seconds:.1f}" if seconds < 10 else f"{seconds:.0f}"


def gates_text(found):
    """Of each gate: by us, its tool with the same arguments, and without those for our sake."""
    tools, cells = found.get("alone", {}), []
    for name, took in found.get("gate_s", {}).items():
        if name in tools:
            also = [tools[name].get("same")] + [tools[name]["bare"]] * bool(tools[name]["bare"])
            cells.append(f"{name} " + " / ".join(map(seconds_text, [took, *also])))
    return ", ".join(cells) or "-"


def line_of(found):
    made = found.get("made")
    cells = [
        found["name"],
        seconds_text(found.get("own_s")),
        seconds_text(found.get("cold_s")),
        seconds_text(found.get("warm_s")),
        f"{seconds_text(found.get('environment_s'))} s, {made['MB']:.0f} MB" if made else "-",
        gates_text(found),
    ]
    return "| " + " | ".join(cells) + " |"


def table(folder):
    """README's table of figures, from what was measured in the folder."""
    head = ["project", "own tests, s", "first token, cold, s", "warm, s", "environment made",
            "gate / its tool / without coverage, s"]
    kept = [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]
    lines = [line_of(found) for found in kept if "setup_s" in found]
    return "\n".join(["| " + " | ".join(head) + " |", "|" + "---|" * len(head)] + lines)
