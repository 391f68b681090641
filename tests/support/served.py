"""A forge's other end for scripts: a server of the tests, as forge_bench (tests/bench/forge.cc) has it."""
import json
import subprocess


class Server:
    """One that forge_bench serves; it ends with its standard input."""

    def __init__(self, bench, name, *more):
        self.process = subprocess.Popen([bench, "serve", name, *more], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        greeting = json.loads(self.process.stdout.readline())
        self.settings, self.token = greeting["settings"], {greeting["variable"]: greeting["token"]}

    def say(self, word):
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def end(self):
        self.process.stdin.close()
        self.process.wait(timeout=60)
