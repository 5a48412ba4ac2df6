"""Reads the log of the SARIF validator and fails on every error in it, and on warnings that are not known."""

import json
import sys

# There is no page about the tool that the report could point at.
KNOWN = {"SARIF2005"}

target, path = sys.argv[1:]
with open(path, encoding="utf-8-sig") as file:
    (run,) = json.load(file)["runs"]
failed = False
for invocation in run.get("invocations", []):
    for notification in invocation.get("toolExecutionNotifications", []):
        if notification.get("level") == "error":
            print(target, notification["message"], file=sys.stderr)
            failed = True
for result in run["results"]:
    if result["ruleId"] not in KNOWN:
        place = result["message"].get("arguments", ["?"])[0]
        print(target, result.get("level", "warning"), result["ruleId"], place, file=sys.stderr)
        failed = True
print(f"{target}: {'refused' if failed else 'accepted'}")
sys.exit(failed)
