#!/usr/bin/env python3
"""Runs forge_test's RealMailTest beside a real SMTP server (aiosmtpd) on the loopback address.

Usage: mail.py SERVICES_FOLDER FORGE_TEST [E2E_TEST], of which SentMailE2eTest is run as well.

What arrives is kept as in a mailbox (lines end in LF), a file each, in a folder that the test reads. The file `do` in that
folder says what the server does with the next mails, a word each: `drop` takes it and never answers, `hold` takes it and
answers after a minute, `refuse` takes it not, `hangup` ends the talk before it is handed over, `take` takes it.
Into a pipe `arrived` there the path of each mail is written once it lies in the folder.
"""

import os
import subprocess
import sys
import tempfile
import time

from judges import python, skip


def serve(folder: str) -> None:
    import asyncio

    from aiosmtpd.controller import Controller

    order = os.path.join(folder, "do")

    def orders() -> list[str]:
        if not os.path.exists(order):
            return []
        with open(order) as file:
            return file.read().split()

    def next_order() -> str:
        what = orders()
        if not what:
            return ""
        with open(order, "w") as file:
            file.write(" ".join(what[1:]))
        return what[0]

    class Box:
        async def handle_RCPT(self, server, session, envelope, address, options):
            if orders()[:1] == ["hangup"]:
                next_order()
                server.transport.abort()
            envelope.rcpt_tos.append(address)
            return "250 OK"

        async def handle_DATA(self, server, session, envelope):
            what = next_order()
            if what == "refuse":
                return f"554 5.7.1 <{envelope.rcpt_tos[0]}>: not from {envelope.mail_from}"
            arrived = len(os.listdir(os.path.join(folder, "in"))) + 1
            path = os.path.join(folder, "in", f"{arrived:03}.eml")
            with open(path + ".part", "wb") as file:
                head = f"X-From: {envelope.mail_from}\nX-To: {','.join(envelope.rcpt_tos)}\n"
                file.write(head.encode() + envelope.original_content.replace(b"\r\n", b"\n"))
            os.rename(path + ".part", path)
            event = os.path.join(folder, "arrived")
            if os.path.exists(event):
                with open(event, "w") as pipe:
                    pipe.write(path)
            if what == "drop":
                server.transport.abort()
            if what == "hold":
                await asyncio.sleep(60)
            return "250 OK"

    controller = Controller(Box(), hostname="127.0.0.1", port=int(sys.argv[3]))
    controller.start()
    print("ready", flush=True)
    while True:
        time.sleep(1)


def main() -> int:
    from beside import free_port

    folder, forge_test = (os.path.abspath(path) for path in sys.argv[1:3])
    interpreter = python(folder)
    if "send-email" not in subprocess.run(["git", "--list-cmds=main,others"], text=True, stdout=subprocess.PIPE,
                                          check=True).stdout.split():
        skip("there is no git send-email (Debian: git-email)")
    with tempfile.TemporaryDirectory() as place:
        os.mkdir(os.path.join(place, "in"))
        port = free_port()
        server = subprocess.Popen([interpreter, "-B", os.path.abspath(__file__), "--serve", place, str(port)],
                                  stdout=subprocess.PIPE, text=True)
        try:
            if server.stdout is None or server.stdout.readline().strip() != "ready":
                print("the server did not start")
                return 1
            environment = dict(os.environ, GF_SMTP_PORT=str(port), GF_SMTP_FOLDER=place)
            failed = 0
            for program, tests in zip([forge_test, *sys.argv[3:]], ("RealMailTest.*", "SentMailE2eTest.*")):
                ran = subprocess.run([os.path.abspath(program), f"--gtest_filter={tests}"], env=environment, text=True,
                                     stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                print(ran.stdout)
                # What is skipped there was not asked.
                failed = failed or ran.returncode or int("SKIPPED" in ran.stdout)
            return failed
        finally:
            server.terminate()
            server.wait(timeout=60)


if __name__ == "__main__":
    if sys.argv[1] == "--serve":
        serve(sys.argv[2])
    sys.exit(main())
