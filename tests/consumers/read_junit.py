"""Reads the JUnit report with a library of somebody else, and compares it with the JSON report of the same run."""

import json
import sys

from junitparser import Error, Failure, JUnitXml, Skipped

junit, report = sys.argv[1:]
counts = {Failure: 0, Error: 0, Skipped: 0}
cases = 0
for suite in JUnitXml.fromfile(junit):
    for case in suite:
        cases += 1
        for result in case.result:
            counts[type(result)] += 1
with open(report, encoding="utf-8") as file:
    document = json.load(file)
open_ones = [one for one in document["findings"] if one["status"] == "open"]
failing = sum(1 for one in open_ones if one["severity"] != "info")
told = counts[Failure] + counts[Error]
print(f"junit: {cases} cases, {told} failed, {counts[Skipped]} skipped")
if told != failing:
    sys.exit(f"but the JSON report has {failing} errors and warnings")
