//! `resource-account-without-virtual-user-license`

use serde_json::{Value, json};

use super::{Case, ONE, TWO, labels};

const ACCOUNTS: &str = "Get-CsOnlineApplicationInstance";
const USERS: &str = "Get-CsOnlineUser";
const NUMBERS: &str = "Get-CsPhoneNumberAssignment";
const LINKS: &str = "Get-CsOnlineApplicationInstanceAssociation";
const ATTENDANTS: &str = "Get-CsAutoAttendant";
const QUEUES: &str = "Get-CsCallQueue";
const SHARED: &str = "Get-CsTeamsSharedCallingRoutingPolicy";
const DETAILS: &str = "licenseDetails";
const SKUS: &str = "subscribedSkus";

const APP: &str = "00000000-0000-4000-8000-0000000000a1";
const WORLDWIDE: &str = "440eaaa8-b3e0-484b-a8be-62870b9ba70a";
const FACULTY: &str = "0e142028-345e-45da-8d92-8bfd4093bbb9";
const GOVERNMENT: &str = "2cf22bcb-0c9e-4bc6-8daf-7e7654c0f285";

fn assign(sku: &str) -> String {
    format!(
        "Set-MgUserLicense -UserId 'ra@contoso.example' -AddLicenses @(@{{SkuId='{sku}'}}) -RemoveLicenses @()"
    )
}

/// An unlicensed resource account with a number, and somebody whose licenses show that the export tells them.
fn numbered() -> Case {
    Case::new("RA001")
        .file(
            ACCOUNTS,
            json!([{
                "ObjectId": ONE,
                "UserPrincipalName": "ra@contoso.example",
                "ApplicationId": null,
                "PhoneNumber": "tel:+14255550110"
            }]),
        )
        .file(
            USERS,
            json!([
                {
                    "Identity": ONE,
                    "UserPrincipalName": "ra@contoso.example",
                    "AccountType": "ResourceAccount",
                    "LineUri": null,
                    "AssignedPlan": [],
                    "FeatureTypes": [],
                    "UsageLocation": "US",
                    "SoftDeletionTimestamp": null
                },
                {
                    "Identity": "00000000-0000-4000-8000-000000000009",
                    "UserPrincipalName": "x@contoso.example",
                    "AccountType": "User",
                    "FeatureTypes": ["Teams"]
                }
            ]),
        )
}

/// The same without a number, and with the export of what accounts serve.
fn idle() -> Case {
    numbered()
        .with(ACCOUNTS, &json!({"PhoneNumber": null}))
        .file(LINKS, json!([]))
}

/// The same, serving an app without a number.
fn nested() -> Case {
    idle()
        .file(LINKS, json!([{"Id": ONE, "ConfigurationId": APP, "ConfigurationType": "CallQueue"}]))
        .file(QUEUES, json!([{"Identity": APP, "Name": "Sales", "RoutingMethod": "Attendant", "ApplicationInstances": [ONE]}]))
}

/// The same; the app has another account, which holds a number.
fn reachable() -> Case {
    nested()
        .with(QUEUES, &json!({"ApplicationInstances": [TWO, ONE]}))
        .file(
            ACCOUNTS,
            json!([
                {"ObjectId": ONE, "UserPrincipalName": "ra@contoso.example", "ApplicationId": null, "PhoneNumber": null},
                {"ObjectId": TWO, "UserPrincipalName": "two@contoso.example", "ApplicationId": null, "PhoneNumber": "tel:+14255550111"}
            ]),
        )
}

fn plan(name: &str, status: &str) -> Value {
    json!({"AssignedPlan": [{"Capability": name, "CapabilityStatus": status}]})
}

/// The verdict on the first of the accounts.
fn first(case: &Case) -> crate::finding::Draft {
    match case.verdicts().swap_remove(0) {
        super::Verdict::Found(draft) => *draft,
        other => panic!("not found: {other:?}"),
    }
}

#[test]
fn a_plan_of_the_account_works_in_every_cloud() {
    let with = |name: &str, status: &str| numbered().with(USERS, &plan(name, status)).word();
    assert_eq!(with("MCOEV_VIRTUALUSER", "Enabled"), "passed");
    assert_eq!(with("MCOEV_VIRTUALUSER_GOV", "Enabled"), "passed");
    assert_eq!(with("MCOEV_VIRTUALUSER", "Warning"), "passed");
    for stopped in ["Deleted", "Suspended", "LockedOut"] {
        assert_eq!(with("MCOEV_VIRTUALUSER", stopped), "error", "{stopped}");
    }
    assert_eq!(with("Teams", "Enabled"), "error");
    assert_eq!(with("MCOPSTN1", "Enabled"), "error");
    assert_eq!(numbered().word(), "error");
    let feature = numbered().with(USERS, &json!({"FeatureTypes": ["VoiceApp"]}));
    assert_eq!(feature.word(), "passed");
}

#[test]
fn a_full_phone_license_is_another_rules_business() {
    let with = |status: &str| numbered().with(USERS, &plan("MCOEV", status)).word();
    assert_eq!(with("Enabled"), "passed");
    assert_eq!(with("Suspended"), "error");
}

#[test]
fn a_plan_that_stopped_is_told_from_one_that_is_not_there() {
    let stopped = numbered().with(USERS, &plan("MCOEV_VIRTUALUSER", "Suspended"));
    let labels_of = |case: &Case| labels(&case.found());
    assert!(
        labels_of(&stopped)
            .contains(&"assignedplan: the plan is listed, but no longer works".to_owned())
    );
    assert!(
        labels_of(&numbered())
            .contains(&"assignedplan: no plan of a resource account here".to_owned())
    );
    let features = numbered().without(USERS, "AssignedPlan");
    assert!(
        labels_of(&features)
            .contains(&"featuretypes: no plan of a resource account here".to_owned())
    );
}

#[test]
fn a_license_that_is_there_is_not_assigned_once_more() {
    let commands = |sku: &str| {
        let licenses = json!({"AssignedLicenses": [{"skuId": sku, "disabledPlans": []}]});
        let stopped = numbered().with(USERS, &plan("MCOEV_VIRTUALUSER", "Suspended"));
        stopped.with(USERS, &licenses).found().remedy.commands
    };
    let own = commands(WORLDWIDE);
    assert!(own.iter().all(|line| line.starts_with('#')), "{own:?}");
    assert!(own[0].ends_with("renew what has expired"), "{own:?}");
    // Of another SKU there may be units that work.
    assert_eq!(commands(FACULTY), [assign(WORLDWIDE)]);
}

#[test]
fn licenses_that_nothing_tells_are_in_doubt() {
    let untold = numbered()
        .without(USERS, "AssignedPlan")
        .without(USERS, "FeatureTypes");
    assert_eq!(
        untold.doubt(),
        "no export tells the licenses of the account"
    );
    let unlisted = numbered().file(
        USERS,
        json!([{"Identity": TWO, "UserPrincipalName": "x@contoso.example", "AccountType": "User", "FeatureTypes": ["Teams"]}]),
    );
    assert_eq!(unlisted.doubt(), "the account is not in `Get-CsOnlineUser`");
}

#[test]
fn graph_tells_licenses_too() {
    let details = |plan: &str, status: &str| {
        let page = json!({
            "@odata.context": format!("https://graph.microsoft.com/v1.0/$metadata#users('{ONE}')/licenseDetails"),
            "value": [{
                "id": "x",
                "skuId": WORLDWIDE,
                "skuPartNumber": "PHONESYSTEM_VIRTUALUSER",
                "servicePlans": [{"servicePlanName": plan, "provisioningStatus": status, "appliesTo": "User"}]
            }]
        });
        let bare = numbered()
            .without(USERS, "AssignedPlan")
            .without(USERS, "FeatureTypes");
        bare.file(DETAILS, page).word()
    };
    assert_eq!(details("MCOEV_VIRTUALUSER", "Success"), "passed");
    assert_eq!(details("MCOEV_VIRTUALUSER", "PendingActivation"), "passed");
    assert_eq!(details("MCOEV_VIRTUALUSER", "Disabled"), "error");
    assert_eq!(details("TEAMS1", "Success"), "error");
    let skus = |id: &str, disabled: Value| {
        let list = json!({"AssignedLicenses": [{"skuId": id, "disabledPlans": disabled}]});
        numbered().with(USERS, &list).word()
    };
    assert_eq!(skus(WORLDWIDE, json!([])), "passed");
    assert_eq!(skus(GOVERNMENT, json!([])), "passed");
    assert_eq!(
        skus(WORLDWIDE, json!(["f47330e9-c134-43b3-9993-e7f004506889"])),
        "error"
    );
    assert_eq!(
        skus("06ebc4ee-1bb5-47dd-8120-11324bc54e06", json!([])),
        "passed",
        "Microsoft 365 E5 has Teams Phone"
    );
}

#[test]
fn the_deleted_are_left_alone() {
    let deleted = numbered().with(
        USERS,
        &json!({"SoftDeletionTimestamp": "2026-09-01T00:00:00Z"}),
    );
    assert_eq!(deleted.word(), "silent");
}

#[test]
fn the_directory_lists_resource_accounts_too() {
    let unlisted = numbered().file(ACCOUNTS, json!([]));
    assert_eq!(unlisted.word(), "info", "it has no number in the directory");
    let line = unlisted.with(USERS, &json!({"LineUri": "tel:+14255550110"}));
    assert_eq!(line.word(), "error");
    assert_eq!(
        labels(&line.found()),
        [
            "userprincipalname: this resource account is not licensed",
            "assignedplan: no plan of a resource account here",
            "lineuri: its service number: calls to it fail",
        ]
    );
    let person = line.with(USERS, &json!({"AccountType": "User"}));
    assert_eq!(person.word(), "silent");
}

#[test]
fn a_number_makes_it_an_error_wherever_it_is_told() {
    assert_eq!(
        numbered().message(),
        "`ra@contoso.example` has no Teams Phone Resource Account license, so calls to its number `+14255550110` fail"
    );
    assert_eq!(
        labels(&numbered().found())[2],
        "phonenumber: its service number: calls to it fail"
    );
    let line = idle().with(USERS, &json!({"LineUri": "tel:+14255550112"}));
    assert_eq!(line.word(), "error");
    assert!(
        line.message()
            .ends_with("so calls to its number `+14255550112` fail")
    );
    let held = idle().file(
        NUMBERS,
        json!([{"TelephoneNumber": "+14255550113", "NumberType": "OperatorConnect", "AssignedPstnTargetId": ONE}]),
    );
    assert_eq!(held.word(), "error");
    assert!(
        held.message()
            .ends_with("so calls to its number `+14255550113` fail")
    );
    assert_eq!(
        labels(&held.found())[2],
        "telephonenumber: its service number: calls to it fail"
    );
}

#[test]
fn an_app_that_callers_reach_makes_it_an_error() {
    let found = first(&reachable());
    assert_eq!(found.severity.name(), "error");
    assert_eq!(
        found.message,
        "`ra@contoso.example` has no Teams Phone Resource Account license, so calls to `Sales`, which callers reach directly, fail"
    );
    assert_eq!(
        labels(&found),
        [
            "userprincipalname: this resource account is not licensed",
            "assignedplan: no plan of a resource account here",
            "applicationinstances[1]: callers reach this app directly",
        ]
    );
    let shared = nested().file(
        SHARED,
        json!([{"Identity": "Tag:Site", "ResourceAccount": ONE, "EmergencyNumbers": []}]),
    );
    assert_eq!(shared.word(), "error");
    let other = nested().file(
        SHARED,
        json!([{"Identity": "Tag:Site", "ResourceAccount": TWO, "EmergencyNumbers": []}]),
    );
    assert_eq!(other.word(), "warning");
}

#[test]
fn an_app_that_only_others_reach_makes_it_a_warning_unless_it_is_accepted() {
    let found = nested().found();
    assert_eq!(found.severity.name(), "warning");
    assert!(
        found
            .message
            .ends_with("and serves `Sales`, which only other apps reach")
    );
    assert_eq!(
        labels(&found)[2],
        "applicationinstances[0]: only other apps lead here"
    );
    let accepted = json!({"nested-needs-license": false});
    assert_eq!(nested().options(accepted.clone()).word(), "passed");
    assert_eq!(
        nested()
            .options(json!({"nested-needs-license": true}))
            .word(),
        "warning"
    );
    for (case, word) in [(numbered(), "error"), (idle(), "info")] {
        assert_eq!(case.options(accepted.clone()).word(), word);
    }
    assert_eq!(
        first(&reachable().options(accepted)).severity.name(),
        "error"
    );
    let nameless = nested().without_file(QUEUES);
    assert!(nameless.message().contains(&format!("serves `{APP}`")));
}

#[test]
fn an_app_may_list_its_accounts_itself() {
    let attendant = |name: &'static str| {
        let app = json!([{
            "Identity": APP,
            "Name": "Main",
            "LanguageId": "en-US",
            "TimeZoneId": "UTC",
            "RoutingMethod": "Attendant",
            "ApplicationInstances": [ONE]
        }]);
        idle().without_file(LINKS).file(name, app).word()
    };
    assert_eq!(attendant(ATTENDANTS), "warning");
    assert_eq!(attendant(QUEUES), "warning");
}

#[test]
fn whether_callers_reach_it_may_be_unknown() {
    // Nothing tells numbers: neither the accounts nor the directory nor the inventory.
    let untold = nested()
        .without(ACCOUNTS, "PhoneNumber")
        .without(USERS, "LineUri");
    let found = untold.found();
    assert_eq!(found.severity.name(), "warning");
    assert!(
        found
            .message
            .ends_with("and serves `Sales`; whether callers reach that directly is not known")
    );
    assert_eq!(
        labels(&found)[2],
        "applicationinstances[0]: it serves this app"
    );
    let accepted = untold
        .clone()
        .options(json!({"nested-needs-license": false}));
    assert_eq!(
        accepted.doubt(),
        "no export tells whether callers reach its app directly"
    );
    // The inventory tells all numbers.
    let told = untold.file(
        NUMBERS,
        json!([{"TelephoneNumber": "+14255550113", "NumberType": "OperatorConnect", "AssignedPstnTargetId": null}]),
    );
    assert!(told.message().ends_with("which only other apps reach"));
}

#[test]
fn without_an_app_it_is_an_info() {
    let found = idle().found();
    assert_eq!(found.severity.name(), "info");
    assert!(found.message.ends_with("and serves no app"));
    assert_eq!(
        labels(&found),
        [
            "userprincipalname: this resource account is not licensed",
            "assignedplan: no plan of a resource account here",
        ]
    );
}

#[test]
fn what_is_not_exported_is_not_claimed() {
    let unlinked = idle().without_file(LINKS);
    assert_eq!(unlinked.word(), "info");
    assert!(
        unlinked
            .message()
            .ends_with("and no export tells what it is used for")
    );
    let untold = idle()
        .without(ACCOUNTS, "PhoneNumber")
        .without(USERS, "LineUri");
    assert!(
        untold
            .message()
            .ends_with("and no export tells what it is used for")
    );
    // Both kinds of app tell their accounts.
    let empty = unlinked
        .file(ATTENDANTS, json!([{"Identity": APP, "Name": "A", "LanguageId": "en-US", "TimeZoneId": "UTC", "ApplicationInstances": []}]))
        .file(QUEUES, json!([{"Identity": TWO, "Name": "Q", "RoutingMethod": "Attendant", "ApplicationInstances": []}]));
    assert!(empty.message().ends_with("and serves no app"));
}

#[test]
fn a_blank_usage_location_comes_first() {
    let blank = numbered().with(USERS, &json!({"UsageLocation": null}));
    assert_eq!(
        blank.commands(),
        [
            "# the usage location is blank: set it first, with the country of the account: Update-MgUser -UserId 'ra@contoso.example' -UsageLocation US".to_owned(),
            assign(WORLDWIDE),
        ]
    );
    assert_eq!(numbered().commands(), [assign(WORLDWIDE)]);
    assert_eq!(
        numbered().without(USERS, "UsageLocation").commands(),
        [assign(WORLDWIDE)]
    );
}

fn sku(id: &str, consumed: i64, enabled: i64, warning: i64) -> Value {
    json!({
        "skuId": id,
        "skuPartNumber": "any",
        "consumedUnits": consumed,
        "capabilityStatus": "Enabled",
        "prepaidUnits": {"enabled": enabled, "suspended": 0, "warning": warning},
        "servicePlans": []
    })
}

#[test]
fn the_sku_is_the_one_that_the_tenant_owns() {
    let owns = |skus: Value| numbered().file(SKUS, skus).commands();
    assert_eq!(
        owns(json!([sku(GOVERNMENT, 1, 25, 0)])),
        [assign(GOVERNMENT)]
    );
    assert_eq!(owns(json!([sku(FACULTY, 1, 25, 0)])), [assign(FACULTY)]);
    let e5 = sku("06ebc4ee-1bb5-47dd-8120-11324bc54e06", 1, 25, 0);
    assert_eq!(
        owns(json!([e5.clone(), sku(WORLDWIDE, 1, 25, 0)])),
        [assign(WORLDWIDE)]
    );
    // The one with units left, whichever comes first.
    for skus in [
        [sku(FACULTY, 5, 5, 0), sku(WORLDWIDE, 1, 25, 0)],
        [sku(FACULTY, 1, 25, 0), sku(WORLDWIDE, 5, 5, 0)],
    ] {
        let commands = owns(json!(skus));
        assert_eq!(commands.len(), 1, "{commands:?}");
    }
    assert_eq!(
        owns(json!([e5])),
        [
            "# the tenant owns no Teams Phone Resource Account license: order some at no charge under Billing > Purchase services".to_owned(),
            assign(WORLDWIDE),
        ]
    );
}

#[test]
fn licenses_that_are_all_in_use_are_ordered_first() {
    let owns = |consumed, enabled, warning| {
        numbered()
            .file(SKUS, json!([sku(WORLDWIDE, consumed, enabled, warning)]))
            .commands()
    };
    let order = |what: &str| {
        vec![
            format!("# {what}: order more at no charge under Billing > Purchase services"),
            assign(WORLDWIDE),
        ]
    };
    assert_eq!(
        owns(25, 25, 0),
        order("all 25 Teams Phone Resource Account licenses are in use")
    );
    assert_eq!(
        owns(26, 25, 1),
        order("all 26 Teams Phone Resource Account licenses are in use")
    );
    assert_eq!(
        owns(1, 1, 0),
        order("the only Teams Phone Resource Account license is in use")
    );
    assert_eq!(
        owns(0, 0, 0),
        order("no Teams Phone Resource Account license can be used")
    );
    assert_eq!(owns(24, 25, 0), [assign(WORLDWIDE)]);
    assert_eq!(
        owns(25, 25, 1),
        [assign(WORLDWIDE)],
        "units in their grace period work"
    );
}

#[test]
fn hostile_names_stay_in_their_quotes() {
    let hostile = numbered()
        .with(
            ACCOUNTS,
            &json!({"UserPrincipalName": "o'hara’;calc@contoso.example"}),
        )
        .with(USERS, &json!({"UsageLocation": null}));
    for command in hostile.commands() {
        assert!(
            command.contains("-UserId 'o''hara’’;calc@contoso.example' "),
            "{command}"
        );
    }
}
