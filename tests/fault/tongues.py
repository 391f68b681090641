"""Projects in Go, Rust and JavaScript beside the demo's shop, each with a request and a model's answers to it, so that runs
at once have the caches of all these tools at work."""
import json, os

REQUEST = "Add double(n) to the {} package: twice the number."

GO_TEST = 'package twice\n\nimport "testing"\n\n'
JS_TEST = "import test from 'node:test';\nimport assert from 'node:assert';\n"
GO_HALF = "package twice\n\nimport \"fmt\"\n\n// Half halves.\nfunc Half(n int) int {\n\treturn n / 2\n}\n\n" \
          "// Told is half of n in words.\nfunc Told(n int) string {\n\treturn fmt.Sprint(Half(n))\n}\n"
RUST_HALF = "//! Twice and half.\n\n/// Half of `n`.\npub fn half(n: i32) -> i32 {\n    n / 2\n}\n"
JS_HALF = "export const half = (n) => Math.floor(n / 2);\n"

TONGUES = {
    "go": {
        "files": {"go.mod": "module example.com/twice\n\ngo 1.21\n", "twice.go": GO_HALF,
                  "twice_test.go": GO_TEST + "func TestHalf(t *testing.T) {\n\tif Told(4) != \"2\" {\n"
                                             "\t\tt.Fatal(\"not half\")\n\t}\n}\n"},
        "source": ("twice.go", GO_HALF + "\n// Double doubles.\nfunc Double(n int) int {\n\treturn 2 * n\n}\n"),
        "test": ("double_test.go", GO_TEST + "func TestAC1Double(t *testing.T) {\n\tif Double(2) != 4 {\n"
                                             "\t\tt.Fatal(\"not twice\")\n\t}\n}\n"),
        "id": "double_test.go::TestAC1Double"},
    "rust": {
        "files": {"Cargo.toml": '[package]\nname = "twice"\nversion = "0.1.0"\nedition = "2021"\n',
                  ".gitignore": "target/\nCargo.lock\n", "src/lib.rs": RUST_HALF,
                  "tests/half.rs": "#[test]\nfn halves() {\n    assert_eq!(twice::half(4), 2);\n}\n"},
        "source": ("src/lib.rs", RUST_HALF + "\n/// Twice `n`.\npub fn double(n: i32) -> i32 {\n    2 * n\n}\n"),
        "test": ("tests/double.rs", "#[test]\nfn ac1_doubles() {\n    assert_eq!(twice::double(2), 4);\n}\n"),
        "id": "tests/double.rs::ac1_doubles"},
    "js": {
        "files": {"package.json": '{"name": "twice", "type": "module", "scripts": {"test": "node --test"}}\n',
                  "twice.js": JS_HALF,
                  "test/half.test.js": JS_TEST + "import { half } from '../twice.js';\n"
                                                 "test('half', () => assert.equal(half(4), 2));\n"},
        "source": ("twice.js", JS_HALF + "export const double = (n) => 2 * n;\n"),
        "test": ("test/double.test.js", JS_TEST + "import { double } from '../twice.js';\n"
                                                  "test('AC1: doubles', () => assert.equal(double(2), 4));\n"),
        "id": "test/double.test.js::AC1: doubles"},
}


def requests():
    return {name + "-double": REQUEST.format(name) for name in TONGUES}


def wrote(path, text):
    call = {"id": "c1", "name": "write_file", "arguments": {"path": path, "content": text}}
    return {"tool_calls": [call]}


def answers_of(name, tongue):
    """What a model says to the request, by stage, attempt and turn."""
    source, test = (os.path.join(name, tongue[what][0]) for what in ("source", "test"))
    criterion = {"id": "AC1", "kind": "call", "given": f"the {name} package is loaded", "when": "double(2)",
                 "then": [{"observable": "value", "op": "equals", "expected": 4}],
                 "source": "request: 'double(n)'", "authorises": []}
    spec = {"title": f"Double in {name}", "intent": "Callers need twice a number.", "touchpoints": [source],
            "introduces": ["double"], "acceptance_criteria": [criterion], "constraints": [], "out_of_scope": [],
            "assumptions": [{"id": "A1", "text": "plain integers"}],
            "changelog": {"section": "Added", "entry": f"`double` of {name}."}}
    brief = {"files": [source], "new_files": [], "reuse": [], "conventions": ["plain functions"], "test_files": [test],
             "test_command": "as it is", "notes": ""}
    done = {"content": {"summary": "done", "missing": []}}
    review = {"criteria": [{"id": "AC1", "verdict": "satisfied", "pointer": {"test": os.path.join(name, tongue["id"])},
                            "why": "it is compared"}],
              "hunks": [{"id": hunk, "serves": ["tests", "AC1"], "why": "it"} for hunk in ("H1", "H2")],
              "constraints": [], "out_of_scope": [], "summary": "fine",
              "assumptions": [{"id": "A1", "verdict": "holds", "why": "it does"}]}
    return {"plan.1.1": {"content": {"questions": [], "spec": spec}}, "scout.1.1": {"content": brief},
            "build.1.1": wrote(source, tongue["source"][1]), "build.1.2": done,
            "test.1.1": wrote(test, tongue["test"][1]), "test.1.2": done, "review.1.1": {"content": review}}


def lay(work, answers):
    """The projects into the work tree, and what is answered into the folder of answers."""
    for name, tongue in TONGUES.items():
        for path, text in tongue["files"].items():
            place = os.path.join(work, name, path)
            os.makedirs(os.path.dirname(place), exist_ok=True)
            with open(place, "w") as file:
                file.write(text)
        os.makedirs(os.path.join(answers, name + "-double"))
        for turn, said in answers_of(name, tongue).items():
            with open(os.path.join(answers, name + "-double", turn + ".json"), "w") as file:
                json.dump(said, file)
