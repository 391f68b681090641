#!/usr/bin/env python3
"""The page of `git factory report` in a real Chromium, and its markup before html-validate.

Usage: report.py SERVICES_FOLDER GIT_FACTORY [RUNS]. With GF_REPORT_PICTURES=FOLDER the pictures stay there.
RUNS (60): how long the record is. How long the page takes to open is told, and not judged: that is the machine's.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile

import judges

SOURCES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")

# What is planted into one page, and the words in which each has to be objected to: else the judge sleeps and its silence
# says nothing.
PLANTED = {
    "console: hello": "<script>console.log('hello')</script>",
    "error: no": "<script>throw new Error('no')</script>",
    "asked the network": "<img alt='' src='http://127.0.0.1:9/x.png'>",
    "markup, line": "<p id='twice'></p><p id='twice'></p>",
    "without JavaScript a table cannot be read": "<style>section:last-of-type .scroll { display: none }</style>",
    "without JavaScript tables say something else": "<script>document.querySelector('caption').append('else')</script>",
    "the dark picture is not dark": "<style>html { background: white !important }</style>",
}


def main() -> int:
    folder, program = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    runs = int(sys.argv[3]) if len(sys.argv) > 3 else 60
    modules = judges.node_modules(folder)
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None) or judges.skip("there is no Chromium")
    with tempfile.TemporaryDirectory() as place:
        environment = {**os.environ, "HOME": place, "XDG_CACHE_HOME": os.path.join(place, "cache"), "GIT_CONFIG_NOSYSTEM": "1", "TZ": "UTC",
                       "GIT_FACTORY_DATA": os.path.join(SOURCES, "templates"), "PATH": os.path.dirname(program) + ":" + os.environ["PATH"]}
        record, page = os.path.join(place, "record"), os.path.join(place, "page.html")
        subprocess.run([sys.executable, "-B", os.path.join(SOURCES, "tests", "bench", "make_record.py"), record, str(runs)], check=True,
                       env=environment, stdout=subprocess.DEVNULL)
        subprocess.run(["git", "factory", "report", "-o", page], cwd=record, env=environment, check=True, stdout=subprocess.DEVNULL)

        with open(page) as file:
            text = file.read()

        def judged(file: str) -> dict:
            pictures = os.environ.get("GF_REPORT_PICTURES", place) if file == page else place
            os.makedirs(pictures, exist_ok=True)
            script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "report.cjs")
            ran = subprocess.run(["node", script, modules, browser, file, pictures], env=environment, stdout=subprocess.PIPE, text=True, check=True)
            return json.loads(ran.stdout)

        answer = judged(page)
        figures = answer["figures"]
        print(f"{runs} runs: {os.path.getsize(page)} bytes open in {figures['opened_ms']} ms, loaded after {figures['loaded_ms']} ms; {figures}")
        wrong = answer["faults"]
        if figures["tables"] < 5 or (figures["charts"] < 2 and os.path.exists("/usr/share/javascript/chart.js")):
            wrong.append(f"{figures['tables']} tables and {figures['charts']} charts")
        if runs <= 100:
            planted = os.path.join(place, "planted.html")
            with open(planted, "w") as file:
                file.write(text.replace("default-src 'none'; ", "").replace("</body>", "".join(PLANTED.values()) + "</body>"))
            found = judged(planted)["faults"]
            wrong += [f"planted, and not seen: {said}" for said in PLANTED if not any(fault.startswith(said) for fault in found)]
    print(*wrong, f"{len(wrong)} faults", sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
