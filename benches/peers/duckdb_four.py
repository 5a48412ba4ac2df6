"""The four founding rules as DuckDB queries over the exports, each export read once by each query that needs it."""

import sys
from pathlib import Path

import duckdb

folder = Path(sys.argv[1])


def export(name):
    for ending in (".json", ".ndjson"):
        path = folder / (name + ending)
        if path.exists():
            kind = "array" if ending == ".json" else "newline_delimited"
            # A gigabyte of records, some of them larger than the default allows.
            return f"read_json('{path}', format='{kind}', maximum_object_size=67108864, sample_size=2000)"
    raise SystemExit(f"{folder} lacks {name}")


users = export("Get-CsOnlineUser")
numbers = export("Get-CsPhoneNumberAssignment")
accounts = export("Get-CsOnlineApplicationInstance")
policies = export("Get-CsOnlineVoiceRoutingPolicy")

QUERIES = {
    "user-not-teams-only": f"""
        SELECT UserPrincipalName FROM {users}
        WHERE AccountType = 'User' AND (LineUri IS NOT NULL OR EnterpriseVoiceEnabled)
          AND TeamsUpgradeEffectiveMode <> 'TeamsOnly'""",
    "resource-account-without-virtual-user-license": f"""
        SELECT a.UserPrincipalName FROM {accounts} a JOIN {users} u ON CAST(u.Identity AS VARCHAR) = CAST(a.ObjectId AS VARCHAR)
        WHERE NOT list_contains(list_transform(u.AssignedPlan, lambda p: CAST(p.ServicePlanId AS VARCHAR)),
                                'f47330e9-c134-43b3-9993-e7f004506889')""",
    "stale-pstn-usage": f"""
        SELECT n.TelephoneNumber, u.UserPrincipalName
        FROM {numbers} n JOIN {users} u ON CAST(u.Identity AS VARCHAR) = CAST(n.AssignedPstnTargetId AS VARCHAR)
        WHERE n.NumberType = 'OperatorConnect' AND u.OnlineVoiceRoutingPolicy IS NOT NULL""",
    "operator-with-assigned-numbers": f"""
        SELECT PstnPartnerName, count(*) FROM {numbers}
        WHERE PstnAssignmentStatus <> 'Unassigned' GROUP BY PstnPartnerName""",
}

connection = duckdb.connect()
for name, query in QUERIES.items():
    print(name, len(connection.execute(query).fetchall()))
