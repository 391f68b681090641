#!/usr/bin/env python3
"""A table of usages costs the same by our arithmetic and by genai-prices.

Usage: prices.py SERVICES_FOLDER SERVICES_TEST. With --judge FILE: in the judges' interpreter, judge one table.
"""

import decimal
import json
import os
import subprocess
import sys
import tempfile

import judges


def main() -> int:
    folder, services_test = sys.argv[1:3]
    interpreter = judges.python(folder)
    with tempfile.TemporaryDirectory() as place:
        table = os.path.join(place, "table.jsonl")
        subprocess.run([services_test, "--gtest_filter=Prices.*", "--gtest_brief=1"], env={**os.environ, "GF_DUMP_PRICES": table}, check=True)
        return subprocess.run([interpreter, __file__, "--judge", table]).returncode


def judge(table: str) -> int:
    import genai_prices

    same = different = unknown = 0
    models = set()
    worst: dict[str, str] = {}
    with open(table) as file:
        rows = [json.loads(line) for line in file]
    rows.append({**rows[0], "pico_usd": rows[0]["pico_usd"] + 2_000_000, "planted": True})
    for row in rows:
        usage = genai_prices.Usage(input_tokens=row["input"], output_tokens=row["output"], cache_read_tokens=row["read"],
                                   cache_write_tokens=row["written"])
        provider = {"gemini": "google"}.get(row["provider"], row["provider"])
        try:
            theirs = genai_prices.calc_price(usage, row["model"], provider_id=provider)
        except LookupError:
            unknown += 1
            worst.setdefault(row["model"], "not known there")
            continue
        pico = theirs.total_price * decimal.Decimal(10) ** 12
        models.add(row["model"])
        if row.get("planted"):
            if abs(pico - row["pico_usd"]) <= 1:
                print("a planted fault was not noticed")
                return 1
            continue
        if abs(pico - row["pico_usd"]) <= 1:
            same += 1
            continue
        different += 1
        worst.setdefault(row["model"], f"{row} is {row['pico_usd']} here and {pico.normalize():f} there ({theirs.model_price})")
    for model, what in worst.items():
        print(f"{model}: {what}")
    print(f"{same} usages of {len(models)} models cost the same, {different} differ, {unknown} are not known there")
    unexplained = [model for model, what in worst.items() if what != "not known there"]
    return 1 if unexplained or same < 80 else 0


if __name__ == "__main__":
    sys.exit(judge(sys.argv[2]) if sys.argv[1] == "--judge" else main())
