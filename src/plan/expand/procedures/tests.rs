//! Every procedure on a tenant that has what it names: its acts in order, and nothing to complain about.

use std::collections::BTreeSet;

use serde_json::json;

use super::testing::{acts, contoso, expanded, open, unmet, with};
use crate::plan::CHANGES;
use crate::plan::act::Act;

/// Each procedure with its fields, and the acts that it becomes.
const SEQUENCES: &[(&str, &str, &[&str])] = &[
    (
        "enable-operator",
        "operator = \"Telco B\"\ncountries = [\"US\"]\ndata-transfer-accepted = true",
        &["set-operator"],
    ),
    (
        "set-up-operator-connect-users",
        "users = [\"dan@contoso.example\"]\noperator = \"Telco A\"\nnumbers = [\"+12065550199\"]",
        &[
            "change-license",
            "grant-policy",
            "upload-operator-connect-numbers",
            "wait-for-export",
            "assign-number",
        ],
    ),
    (
        "change-number",
        "user = \"eve@contoso.example\"\nfrom = \"+12065550105\"\nto = \"+12065550120\"",
        &["unassign-number", "assign-number"],
    ),
    (
        "remove-number",
        "numbers = [\"+12065550105\", \"+12065550120\"]",
        &["unassign-number"],
    ),
    (
        "move-to-operator-connect",
        "users = [\"ana@contoso.example\", \"ben@contoso.example\", \"cleo@contoso.example\", \"eve@contoso.example\"]\noperator = \"Telco A\"\nremove-licenses = [\"MCOPSTN1\"]",
        &[
            "grant-policy-to-number",
            "clear-onprem-line-uri",
            "wait-for-export",
            "grant-policy",
            "grant-policy",
            "unassign-number",
            "release-direct-routing-numbers",
            "wait-for-export",
            "complete-port",
            "upload-operator-connect-numbers",
            "upload-operator-connect-numbers",
            "wait-for-export",
            "assign-number",
            "assign-number",
            "assign-number",
            "grant-policy",
            "change-license",
        ],
    ),
    (
        "move-to-calling-plan",
        "users = [\"eve@contoso.example\", \"ben@contoso.example\"]\nlicense = \"MCOPSTN1\"",
        &[
            "grant-policy-to-number",
            "grant-policy",
            "unassign-number",
            "release-direct-routing-numbers",
            "wait-for-export",
            "complete-port",
            "acquire-calling-plan-numbers",
            "wait-for-export",
            "change-license",
            "change-license",
            "assign-number",
            "assign-number",
            "grant-policy",
        ],
    ),
    (
        "move-to-direct-routing",
        "users = [\"ana@contoso.example\", \"eve@contoso.example\"]\npolicy = \"SBC\"\nemergency-policy = \"EM\"\nremove-licenses = [\"MCOPSTN1\"]",
        &[
            "unassign-number",
            "release-operator-connect-numbers",
            "wait-for-export",
            "complete-port",
            "upload-direct-routing-numbers",
            "wait-for-export",
            "assign-number",
            "assign-number",
            "grant-policy",
            "grant-policy",
            "grant-policy",
            "grant-policy",
            "change-license",
            "change-license",
        ],
    ),
    (
        "edit-operator-countries",
        "operator = \"Telco A\"\nadd = [\"CA\"]\nremove = [\"DE\"]",
        &["set-operator"],
    ),
    (
        "suspend-operator",
        "operator = \"Telco A\"",
        &["set-operator"],
    ),
    (
        "remove-operator",
        "operator = \"Telco A\"\ncountries = [\"DE\"]",
        &["set-operator"],
    ),
    (
        "release-numbers",
        "numbers = [\"+12065550120\", \"+12065550121\"]",
        &[
            "release-operator-connect-numbers",
            "release-direct-routing-numbers",
        ],
    ),
    (
        "create-resource-account",
        "name = \"new@contoso.example\"\napp-type = \"auto-attendant\"\nnumber = \"+12065550120\"\napp = \"Main\"",
        &[
            "create-application-instance",
            "wait",
            "set-usage-location",
            "change-license",
            "assign-number",
            "associate",
        ],
    ),
    (
        "license-resource-account",
        "accounts = [\"old@contoso.example\", \"main@contoso.example\"]\nusage-location = \"US\"",
        &["set-usage-location", "change-license"],
    ),
    (
        "give-service-number",
        "account = \"main@contoso.example\"\nnumber = \"+12065550120\"",
        &["assign-number"],
    ),
    (
        "take-service-number",
        "account = \"main@contoso.example\"",
        &["unassign-number"],
    ),
    (
        "retype-resource-account",
        "account = \"sales@contoso.example\"\napp-type = \"auto-attendant\"\napp = \"Main\"",
        &["dissociate", "set-application-type", "associate"],
    ),
    (
        "delete-resource-account",
        "accounts = [\"main@contoso.example\", \"old@contoso.example\"]",
        &[
            "unassign-number",
            "wait-for-export",
            "dissociate",
            "delete-account",
            "delete-account",
        ],
    ),
    (
        "switch-to-virtual-user-license",
        "accounts = [\"sales@contoso.example\"]",
        &["change-license"],
    ),
    (
        "create-hybrid-resource-account",
        "name = \"new@contoso.example\"\napp-type = \"call-queue\"\nnumber = \"+12065550121\"\napp = \"Sales\"",
        &[
            "create-application-instance",
            "wait-for-export",
            "set-usage-location",
            "change-license",
            "assign-number",
            "associate",
        ],
    ),
    (
        "take-numbers-to-the-cloud",
        "users = [\"cleo@contoso.example\", \"ben@contoso.example\"]",
        &[
            "set-number-migration",
            "wait-for-export",
            "assign-number",
            "clear-onprem-line-uri",
        ],
    ),
    (
        "offboard-user",
        "users = [\"ana@contoso.example\"]\ndelete = true",
        &["unassign-number", "disable-account", "delete-account"],
    ),
    (
        "swap-license",
        "users = [\"ana@contoso.example\"]\nadd = [\"MCOEV\"]\nremove = [\"MCOPSTN1\"]",
        &["change-license"],
    ),
    (
        "port-out",
        "numbers = [\"+12065550101\", \"+12065550102\"]\npin-set = true",
        &[
            "unassign-number",
            "release-direct-routing-numbers",
            "complete-port",
            "wait-for-export",
            "grant-policy",
            "grant-policy",
        ],
    ),
    (
        "port-in",
        "numbers = [\"+12065550198\", \"+12065550199\"]\ncountry = \"US\"",
        &[
            "acquire-calling-plan-numbers",
            "acquire-calling-plan-numbers",
        ],
    ),
    (
        "change-coexistence-mode",
        "users = [\"dan@contoso.example\"]\nmode = \"TeamsOnly\"",
        &["grant-policy"],
    ),
    (
        "enable-direct-routing-user",
        "user = \"dan@contoso.example\"\nnumber = \"+12065550121\"\npolicy = \"SBC\"\nemergency-policy = \"EM\"\ndial-plan = \"DP\"",
        &[
            "change-license",
            "assign-number",
            "grant-policy",
            "grant-policy",
            "grant-policy",
        ],
    ),
    (
        "remove-routing",
        "usages = [\"Local\"]\nroutes = [\"Near\"]\ngateways = [\"sbc1.contoso.example\"]",
        &[
            "set-gateway",
            "wait",
            "set-voice-route",
            "remove-voice-route",
            "set-voice-routing-policy",
            "remove-pstn-usage",
            "remove-gateway",
        ],
    ),
    (
        "set-global-voice-routing-policy",
        "usages = [\"National\"]",
        &["set-voice-routing-policy"],
    ),
    (
        "replace-emergency-location",
        "from = \"00000000-0000-4000-8000-000000000901\"\nto = \"00000000-0000-4000-8000-000000000902\"\ndelete = true",
        &[
            "set-emergency-location",
            "set-emergency-location",
            "set-emergency-location",
            "set-emergency-location",
            "set-emergency-location",
            "set-emergency-location",
            "set-emergency-location",
            "set-emergency-location",
            "remove-emergency-location",
        ],
    ),
    (
        "change-number-usage",
        "numbers = [\"+12065550122\"]\nusage = \"voice-app\"",
        &["order-usage-change"],
    ),
    (
        "set-up-shared-calling",
        "policy = \"SC\"\naccount = \"main@contoso.example\"\nemergency-numbers = [\"+12065550120\"]\nusers = [\"fay@contoso.example\", \"dan@contoso.example\"]",
        &[
            "set-shared-calling-policy",
            "grant-policy",
            "grant-policy",
            "set-enterprise-voice",
        ],
    ),
    (
        "leave-shared-calling",
        "users = [\"fay@contoso.example\"]",
        &["grant-policy", "set-enterprise-voice"],
    ),
    (
        "delete-app",
        "app = \"Sales\"",
        &["dissociate", "remove-app"],
    ),
];

fn step(change: &str, fields: &str) -> String {
    format!("change = \"{change}\"\n{fields}")
}

#[test]
fn every_procedure_becomes_its_acts_in_order() {
    let files = contoso();
    let mut open = BTreeSet::new();
    for (change, fields, expected) in SEQUENCES {
        assert_eq!(acts(&files, &step(change, fields)), *expected, "{change}");
        open.insert(*change);
    }
    let procedures = CHANGES.iter().filter(|change| !change.is_primitive());
    let procedures: BTreeSet<&str> = procedures.map(|change| change.name).collect();
    assert_eq!(open, procedures, "every procedure is tried");
}

#[test]
fn a_number_of_a_type_that_no_export_tells_moves_nowhere_for_certain() {
    let step = step(
        "move-to-direct-routing",
        "users = [\"ana@contoso.example\"]\npolicy = \"SBC\"",
    );
    let is_told = |open: &[String]| {
        let said = "the type of `+12065550101` is told: no export tells whether it is ported, released or uploaded";
        !open.iter().any(|one| one == said)
    };
    assert!(is_told(&open(&contoso(), &step)));
    let untold = json!({"NumberType": "SomethingNew"});
    let files = with(
        contoso(),
        "Get-CsPhoneNumberAssignment.json",
        "+12065550101",
        &untold,
    );
    let open = open(&files, &step);
    assert!(!is_told(&open), "{open:?}");
}

/// What stands against these steps on that tenant, and nothing else does.
const COMPLAINTS: &[(&str, &[&str])] = &[
    (
        "suspend-operator",
        &[
            "no number of `Telco A` is assigned: 2 are, 1 of resource accounts, 1 of Shared Calling; what becomes of their calls is not documented",
        ],
    ),
    (
        "take-service-number",
        &[
            "callers from outside reach auto attendant `Main` by another number: no other account of it is known to have one",
        ],
    ),
    (
        "retype-resource-account",
        &[
            "call queue `Sales` keeps a resource account: nobody reaches it any more, unless other apps lead to it directly",
        ],
    ),
    (
        "delete-resource-account",
        &[
            "auto attendant `Main` keeps a resource account: nobody reaches it any more, unless other apps lead to it directly",
            "nothing names `main@contoso.example` any more: shared calling policy `SC` does: point it elsewhere first",
        ],
    ),
    (
        "enable-direct-routing-user",
        &["`dan@contoso.example` is Teams Only: its coexistence mode is `Islands`"],
    ),
    (
        "set-global-voice-routing-policy",
        &[
            "nobody with a number of Operator Connect inherits `Global`: `eve@contoso.example` and 1 more do: their calls would leave by Direct Routing",
            "nobody with a number of a Calling Plan inherits `Global`: `ana@contoso.example` does: its calls would leave by Direct Routing",
        ],
    ),
    (
        "set-up-shared-calling",
        &["`dan@contoso.example` is Teams Only: its coexistence mode is `Islands`"],
    ),
];

#[test]
fn nothing_stands_against_them_but_what_the_tenant_is_like() {
    let files = contoso();
    for (change, fields, _) in SEQUENCES {
        let known = COMPLAINTS.iter().find(|(name, _)| name == change);
        let expected = known.map_or(&[][..], |(_, complaints)| *complaints);
        assert_eq!(unmet(&files, &step(change, fields)), expected, "{change}");
        let untold = open(&files, &step(change, fields));
        let expected: &[&str] = match *change {
            "replace-emergency-location" => &[
                "no network element is at location `00000000-0000-4000-8000-000000000901`: not all network elements are exported",
            ],
            "delete-resource-account" => &[
                "nothing names `old@contoso.example` any more: not all of Get-CsTeamsUnassignedNumberTreatment, Get-CsCallingLineIdentity is exported",
            ],
            "offboard-user" => &[
                "no calls are meant for `ana@contoso.example`: not all of Get-CsTeamsUnassignedNumberTreatment, Get-CsUserCallingSettings, Get-CsTeamsEmergencyCallingPolicy is exported",
                "the licenses of `ana@contoso.example` are exported, so that they go with it: no export tells them (Get-MgUser): take them off by hand",
            ],
            _ => &[],
        };
        assert_eq!(untold, expected, "{change}");
    }
}

#[test]
fn what_a_list_names_twice_is_done_once() {
    let of = |step: &str| {
        let (_, mut expansion) = expanded(&contoso(), step);
        expansion.acts.remove(0).act
    };
    let group = "change = \"set-group-members\"\ngroup = \"00000000-0000-4000-8000-000000000041\"\nadd = [\"dan@contoso.example\", \"DAN@contoso.example\"]";
    let Act::SetGroupMembers { add, .. } = of(group) else {
        panic!("the members of a group");
    };
    assert_eq!(add.len(), 1);
    let licenses = "change = \"change-license\"\nusers = [\"dan@contoso.example\"]\nadd = [\"SPE_E5\", \"SPE_E5\"]";
    let Act::ChangeLicense { add, .. } = of(licenses) else {
        panic!("the licenses of an account");
    };
    assert_eq!(add.len(), 1);
}
