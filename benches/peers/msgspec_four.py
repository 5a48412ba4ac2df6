"""The four founding rules in Python over msgspec: typed records, decoded from a mapped file."""

import mmap
import sys
from pathlib import Path
from typing import Any, Optional

import msgspec

VIRTUAL_USER = "f47330e9-c134-43b3-9993-e7f004506889"


class Plan(msgspec.Struct):
    ServicePlanId: Optional[str] = None
    CapabilityStatus: Optional[str] = None


class User(msgspec.Struct):
    Identity: str
    UserPrincipalName: Optional[str] = None
    AccountType: Optional[str] = None
    LineUri: Optional[str] = None
    EnterpriseVoiceEnabled: Optional[bool] = None
    TeamsUpgradeEffectiveMode: Optional[str] = None
    OnlineVoiceRoutingPolicy: Any = None
    AssignedPlan: list[Plan] = []


class Number(msgspec.Struct):
    TelephoneNumber: str
    NumberType: Optional[str] = None
    AssignedPstnTargetId: Optional[str] = None
    PstnAssignmentStatus: Optional[str] = None
    PstnPartnerName: Optional[str] = None


class Account(msgspec.Struct):
    ObjectId: str
    UserPrincipalName: Optional[str] = None


class Operator(msgspec.Struct):
    name: str
    status: Optional[str] = None


def load(folder, name, kind):
    with open(folder / (name + ".json"), "rb") as file:
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            return msgspec.json.decode(memoryview(mapped), type=list[kind])


folder = Path(sys.argv[1])
users = load(folder, "Get-CsOnlineUser", User)
numbers = load(folder, "Get-CsPhoneNumberAssignment", Number)
accounts = load(folder, "Get-CsOnlineApplicationInstance", Account)
operators = load(folder, "operators", Operator)
by_id = {user.Identity.lower(): user for user in users}

islands = [
    user.UserPrincipalName
    for user in users
    if user.AccountType == "User"
    and (user.LineUri or user.EnterpriseVoiceEnabled)
    and user.TeamsUpgradeEffectiveMode != "TeamsOnly"
]
unlicensed = [
    account.UserPrincipalName
    for account in accounts
    if not any(
        plan.ServicePlanId == VIRTUAL_USER and plan.CapabilityStatus == "Enabled"
        for plan in getattr(by_id.get(account.ObjectId.lower()), "AssignedPlan", [])
    )
]
stale = [
    number.TelephoneNumber
    for number in numbers
    if number.NumberType == "OperatorConnect"
    and number.AssignedPstnTargetId
    and getattr(by_id.get(number.AssignedPstnTargetId.lower()), "OnlineVoiceRoutingPolicy", None)
]
gone = {operator.name for operator in operators if operator.status in ("Removed", "Suspended")}
held = [
    number.TelephoneNumber
    for number in numbers
    if number.PstnPartnerName in gone and number.PstnAssignmentStatus != "Unassigned"
]
print(len(islands), len(unlicensed), len(stale), len(held))
