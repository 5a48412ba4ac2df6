//! Two snapshots of one tenant: what changed, what it did to the findings, and what is no change.

use serde_json::{Value, json};
use tenantlint::finding::Status;
use tenantlint::report::{Drift, Report};

use crate::audits::{File, check, diff, in_all_formats, sample};

/// Contoso two weeks later: routes without gateways, an operator that is suspended, users that moved, and much that is
/// no change.
fn later() -> Vec<File> {
    let mut files = sample("contoso");
    edit(&mut files, "manifest.json", |manifest| {
        manifest["exportedAt"] = json!("2026-09-28T05:30:00Z");
    });
    edit(&mut files, "Get-CsOnlineVoiceRoute.json", |routes| {
        for route in list(routes) {
            if ["US-Emergency", "Denver-Emergency"].contains(&name(route, "Identity").as_str()) {
                route["OnlinePstnGatewayList"] = json!([]);
            }
        }
    });
    edit(
        &mut files,
        "Get-CsOnlineVoiceRoutingPolicy.json",
        |policies| {
            for policy in list(policies) {
                // How a name is tagged is no change either.
                let tagged = name(policy, "Identity");
                if tagged == "Tag:OC-NoTrunk" {
                    policy["OnlinePstnUsages"] = json!(["US-National", "FR-National"]);
                }
                policy["Identity"] = json!(tagged.replace("Tag:", ""));
            }
        },
    );
    edit(&mut files, "operators.json", |operators| {
        let operator = list(operators)
            .iter_mut()
            .find(|one| one["name"] == "Northwind Telecom");
        operator.expect("an operator")["status"] = json!("Suspended");
    });
    edit(&mut files, "Get-CsOnlineUser.json", |users| {
        for user in list(users) {
            let upn = name(user, "UserPrincipalName");
            let mode = match upn.split('@').next() {
                Some("tobias.lange" | "stefan.kruger") => "Islands",
                Some("karim.benali") => "TeamsOnly",
                _ => "",
            };
            if !mode.is_empty() {
                user["TeamsUpgradeEffectiveMode"] = json!(mode);
            }
            // None of this is a change.
            user["WhenChanged"] = json!("2026-09-27T22:10:11Z");
            user["UserPrincipalName"] = json!(upn.to_uppercase());
        }
        list(users).reverse();
    });
    files
}

/// Contoso without one of its users, and with a manifest that says so.
fn without_user(upn: &str) -> Vec<File> {
    let mut files = sample("contoso");
    edit(&mut files, "Get-CsOnlineUser.json", |users| {
        list(users).retain(|user| name(user, "UserPrincipalName") != upn);
    });
    edit(&mut files, "manifest.json", |manifest| {
        for export in list(&mut manifest["exports"]) {
            if export["kind"] == "Get-CsOnlineUser" {
                export["records"] = json!(export["records"].as_u64().expect("a count") - 1);
            }
        }
    });
    files
}

fn edit(files: &mut [File], name: &str, change: impl FnOnce(&mut Value)) {
    let file = files.iter_mut().find(|(file, _)| file == name);
    let (_, bytes) = file.expect("the sample has the file");
    let mut value: Value = serde_json::from_slice(bytes).expect("JSON");
    change(&mut value);
    *bytes = serde_json::to_vec_pretty(&value).expect("JSON");
}

fn list(value: &mut Value) -> &mut Vec<Value> {
    value.as_array_mut().expect("a list")
}

fn name(value: &Value, key: &str) -> String {
    value[key].as_str().expect("a text").to_owned()
}

fn drift(report: &Report) -> &Drift {
    report.drift.as_ref().expect("two snapshots were compared")
}

/// What changed, what is new and why, what is fixed, what could not be compared: a line each.
fn told(report: &Report) -> Vec<String> {
    let changes = drift(report).changes.iter();
    let mut told: Vec<String> = changes
        .map(|one| format!("{}, hence {}", one.sentence(), one.findings))
        .collect();
    let findings = report.findings.iter();
    let mut new: Vec<String> = findings
        .filter(|one| one.status == Status::Open)
        .map(|one| {
            let cause = one.cause.as_deref().unwrap_or("no cause is known");
            format!("new {} {}: {cause}", one.code, one.subject.name)
        })
        .collect();
    new.sort_unstable();
    told.extend(new);
    told.extend(
        report
            .fixed
            .iter()
            .map(|one| format!("fixed {} {}", one.rule, one.subject)),
    );
    let not_compared = drift(report).not_compared.iter();
    told.extend(not_compared.map(|why| format!("not compared: {why}")));
    told
}

#[test]
fn new_findings_are_joined_to_what_caused_them() {
    assert_eq!(
        told(&diff(&sample("contoso"), &later())),
        [
            "user `TOBIAS.LANGE@CONTOSO.EXAMPLE`: `TeamsUpgradeEffectiveMode` changed from `TeamsOnly` to `Islands`, hence 1",
            "user `STEFAN.KRUGER@CONTOSO.EXAMPLE`: `TeamsUpgradeEffectiveMode` changed from `TeamsOnly` to `Islands`, hence 1",
            "user `KARIM.BENALI@CONTOSO.EXAMPLE`: `TeamsUpgradeEffectiveMode` changed from `Islands` to `TeamsOnly`, hence 0",
            "operator `Northwind Telecom`: `Status` changed from `Active` to `Suspended`, hence 2",
            "voice routing policy `OC-NoTrunk`: `OnlinePstnUsages` became `US-National`, `FR-National`, hence 1",
            "voice route `Denver-Emergency`: `OnlinePstnGatewayList` lost `sbc-den.contoso.example`, hence 0",
            "voice route `US-Emergency`: `OnlinePstnGatewayList` lost `sbc-sea.contoso.example`, hence 2",
            "new EM007 US-DirectRouting: voice route `US-Emergency`: `OnlinePstnGatewayList` lost `sbc-sea.contoso.example`",
            "new EM007 US-DirectRouting: voice route `US-Emergency`: `OnlinePstnGatewayList` lost `sbc-sea.contoso.example`",
            "new LI012 PIET.VERMEER@CONTOSO.EXAMPLE: time passed: on 2026-09-28 the earlier snapshot has it too",
            "new LI012 SELMA.YILDIZ@CONTOSO.EXAMPLE: time passed: on 2026-09-28 the earlier snapshot has it too",
            "new OC001 +33199001207: voice routing policy `OC-NoTrunk`: `OnlinePstnUsages` became `US-National`, `FR-National`",
            "new OP001 Northwind Telecom: operator `Northwind Telecom`: `Status` changed from `Active` to `Suspended`",
            "new OP006 Northwind Telecom: operator `Northwind Telecom`: `Status` changed from `Active` to `Suspended`",
            "new US001 STEFAN.KRUGER@CONTOSO.EXAMPLE: user `STEFAN.KRUGER@CONTOSO.EXAMPLE`: `TeamsUpgradeEffectiveMode` changed from `TeamsOnly` to `Islands`",
            "new US001 TOBIAS.LANGE@CONTOSO.EXAMPLE: user `TOBIAS.LANGE@CONTOSO.EXAMPLE`: `TeamsUpgradeEffectiveMode` changed from `TeamsOnly` to `Islands`",
            "fixed enterprise-voice-without-pstn-path ruth.calloway@contoso.example",
            "fixed user-not-teams-only karim.benali@contoso.example",
            "fixed enhanced-services-without-provider US-DirectRouting",
            "fixed enhanced-services-without-provider US-Garage",
        ]
    );
}

#[test]
fn the_way_back_is_the_inverse() {
    assert_eq!(
        told(&diff(&later(), &sample("contoso"))),
        [
            "user `tobias.lange@contoso.example`: `TeamsUpgradeEffectiveMode` changed from `Islands` to `TeamsOnly`, hence 0",
            "user `stefan.kruger@contoso.example`: `TeamsUpgradeEffectiveMode` changed from `Islands` to `TeamsOnly`, hence 0",
            "user `karim.benali@contoso.example`: `TeamsUpgradeEffectiveMode` changed from `TeamsOnly` to `Islands`, hence 1",
            "operator `Northwind Telecom`: `Status` changed from `Suspended` to `Active`, hence 0",
            "voice routing policy `OC-NoTrunk`: `OnlinePstnUsages` lost `US-National`, `FR-National`, hence 1",
            "voice route `Denver-Emergency`: `OnlinePstnGatewayList` became `sbc-den.contoso.example`, hence 0",
            "voice route `US-Emergency`: `OnlinePstnGatewayList` became `sbc-sea.contoso.example`, hence 2",
            "new EM020 US-DirectRouting: voice route `US-Emergency`: `OnlinePstnGatewayList` became `sbc-sea.contoso.example`",
            "new EM020 US-Garage: voice route `US-Emergency`: `OnlinePstnGatewayList` became `sbc-sea.contoso.example`",
            "new US001 karim.benali@contoso.example: user `karim.benali@contoso.example`: `TeamsUpgradeEffectiveMode` changed from `TeamsOnly` to `Islands`",
            "new US003 ruth.calloway@contoso.example: voice routing policy `OC-NoTrunk`: `OnlinePstnUsages` lost `US-National`, `FR-National`",
            "fixed user-not-teams-only TOBIAS.LANGE@CONTOSO.EXAMPLE",
            "fixed emergency-usage-unrouted US-DirectRouting",
            "fixed operator-with-assigned-numbers Northwind Telecom",
            "fixed emergency-usage-unrouted US-DirectRouting",
            "fixed calling-plan-without-number SELMA.YILDIZ@CONTOSO.EXAMPLE",
            "fixed user-not-teams-only STEFAN.KRUGER@CONTOSO.EXAMPLE",
            "fixed calling-plan-without-number PIET.VERMEER@CONTOSO.EXAMPLE",
            "fixed stale-pstn-usage +33199001207",
            "fixed operator-numbers-on-bridge Northwind Telecom",
            "not compared: the earlier snapshot was exported after the later one: are the two swapped?",
        ]
    );
}

#[test]
fn objects_come_and_go() {
    let files = without_user("sofia.ribeiro@contoso.example");
    assert_eq!(
        told(&diff(&sample("contoso"), &files)),
        [
            "user `sofia.ribeiro@contoso.example` was removed, hence 1",
            "new NU001 +33199001243: user `sofia.ribeiro@contoso.example` was removed",
            "fixed number-without-emergency-location +33199001243",
            "fixed stale-onprem-line-uri sofia.ribeiro@contoso.example",
        ]
    );
    assert_eq!(
        told(&diff(&files, &sample("contoso"))),
        [
            "user `sofia.ribeiro@contoso.example` was added, hence 2",
            "new EM001 +33199001243: user `sofia.ribeiro@contoso.example` was added",
            "new OC002 sofia.ribeiro@contoso.example: user `sofia.ribeiro@contoso.example` was added",
            "fixed number-assigned-to-missing-object +33199001243",
        ]
    );
}

/// Of what a rule could not judge, nothing is fixed; of all else it is.
#[test]
fn a_subject_that_is_not_judged_is_not_fixed() {
    let files = without_user("antoine.lefevre@contoso.example");
    assert_eq!(
        told(&diff(&sample("contoso"), &files)),
        [
            "user `antoine.lefevre@contoso.example` was removed, hence 1",
            "new NU001 +33199001202: user `antoine.lefevre@contoso.example` was removed",
            "not compared: whether an earlier finding of OC001 is fixed is not known: the holder is not in `Get-CsOnlineUser`; `NumberType` differs between two records of 1 object: neither is believed",
        ]
    );
}

/// What a rule found with records or a property of an export that only sharpens it, is not fixed where they are missing.
#[test]
fn what_a_cut_export_may_have_told_is_not_fixed() {
    let mut cut = sample("contoso");
    edit(&mut cut, "Get-CsTenantNetworkSite.json", |sites| {
        list(sites).truncate(2);
    });
    let mut nameless = sample("contoso");
    edit(&mut nameless, "Get-CsTenantNetworkSite.json", |sites| {
        for site in list(sites) {
            let site = site.as_object_mut().expect("a site");
            site.remove("NetworkSiteID");
            site.remove("Identity");
        }
    });
    for (files, why) in [
        (cut, "without all of Get-CsTenantNetworkSite"),
        (nameless, "`Get-CsTenantNetworkSite with "),
    ] {
        let told = told(&diff(&sample("contoso"), &files));
        let fixed: Vec<&String> = told
            .iter()
            .filter(|line| line.starts_with("fixed emergency-usage-unrouted"))
            .collect();
        assert_eq!(fixed, [""; 0], "{why}");
        let is_told =
            |line: &&String| line.starts_with("not compared: whether") && line.contains(why);
        assert!(told.iter().any(|line| is_told(&line)), "{told:#?}");
    }
}

/// What may have been there before, and was not to be seen, has a cause.
#[test]
fn what_a_cut_earlier_export_may_have_told_says_so() {
    let mut half = sample("contoso");
    edit(&mut half, "Get-CsOnlineUser.json", |users| {
        let half = list(users).len() / 2;
        list(users).truncate(half);
    });
    let report = diff(&half, &sample("contoso"));
    let new: Vec<_> = report.open().collect();
    assert!(new.len() > 20, "{}", new.len());
    for one in new {
        let reads_users = tenantlint::rules::find(one.rule).is_some_and(|rule| {
            let needs = rule.page.all_needs().chain(&rule.page.refines);
            let mut exports = needs.map(|need| need.export.name());
            exports.any(|name| name == "Get-CsOnlineUser")
        });
        assert!(one.cause.is_some() || !reads_users, "{one:#?}");
    }
}

/// "Nothing" is never said of a tenant in which something changed.
#[test]
fn properties_that_nothing_reads_are_counted() {
    let mut files = sample("contoso");
    edit(&mut files, "Get-CsOnlinePSTNGateway.json", |gateways| {
        for gateway in list(gateways) {
            gateway["SipSignalingPort"] = json!(5099);
        }
        list(gateways).reverse();
    });
    edit(&mut files, "Get-CsOnlineLisLocation.json", |locations| {
        list(locations)[0]["StreetName"] = json!("Elsewhere");
    });
    let gateways = {
        let mut all = sample("contoso");
        let mut count = 0;
        edit(&mut all, "Get-CsOnlinePSTNGateway.json", |gateways| {
            count = list(gateways).len();
        });
        count
    };
    let report = diff(&sample("contoso"), &files);
    assert_eq!(
        told(&report),
        [
            format!("not compared: {gateways} records of Get-CsOnlinePSTNGateway differ in properties that tenantlint does not read: `SipSignalingPort`"),
            "not compared: 1 record of Get-CsOnlineLisLocation differs in properties that tenantlint does not read: `StreetName`".to_owned(),
        ]
    );
    for (format, text) in in_all_formats(&report) {
        if format != "sarif" {
            assert!(text.contains("SipSignalingPort"), "{format}: {text}");
        }
    }
    assert_eq!(told(&diff(&files, &files)), [""; 0]);
}

#[test]
fn a_pattern_is_no_name() {
    let mut files = sample("contoso");
    edit(&mut files, "Get-CsOnlineVoiceRoute.json", |routes| {
        for route in list(routes) {
            route["NumberPattern"] = json!(name(route, "NumberPattern").replace("\\d", "\\D"));
        }
    });
    let report = diff(&sample("contoso"), &files);
    let changes = &drift(&report).changes;
    assert!(!changes.is_empty());
    assert!(changes.iter().all(|one| one.kind == "voice-route"));
}

#[test]
fn what_one_of_them_lacks_is_not_compared() {
    let mut files = sample("contoso");
    files.retain(|(name, _)| name != "operators.json");
    assert_eq!(
        told(&diff(&sample("contoso"), &files)),
        [
            "not compared: which objects came or went is not known of operators: it is not in the later snapshot",
            "not compared: whether 2 earlier findings of OP001 are fixed is not known: needs operators",
            "not compared: whether 2 earlier findings of OP002 are fixed is not known: needs operators",
            "not compared: whether 2 earlier findings of OP003 are fixed is not known: needs operators",
            "not compared: whether an earlier finding of OP004 is fixed is not known: needs operators",
            "not compared: whether an earlier finding of OP005 is fixed is not known: needs operators",
            "not compared: whether an earlier finding of OP006 is fixed is not known: needs operators",
            "not compared: whether 2 earlier findings of OP008 are fixed is not known: needs operators",
        ]
    );
    assert_eq!(
        told(&diff(&files, &sample("contoso"))),
        [
            "new OP001 Litware Voice: OP001 could not be evaluated in the earlier snapshot: needs operators",
            "new OP001 Tailspin Connect: OP001 could not be evaluated in the earlier snapshot: needs operators",
            "new OP002 +16045550101: OP002 could not be evaluated in the earlier snapshot: needs operators",
            "new OP002 +16045550102: OP002 could not be evaluated in the earlier snapshot: needs operators",
            "new OP003 +0493023125604: OP003 could not be evaluated in the earlier snapshot: needs operators",
            "new OP003 +493023125601: OP003 could not be evaluated in the earlier snapshot: needs operators",
            "new OP004 +12065550116: OP004 could not be evaluated in the earlier snapshot: needs operators",
            "new OP005 Fourth Coffee Telecom: OP005 could not be evaluated in the earlier snapshot: needs operators",
            "new OP006 Litware Voice: OP006 could not be evaluated in the earlier snapshot: needs operators",
            "new OP008 Litware Voice: OP008 could not be evaluated in the earlier snapshot: needs operators",
            "new OP008 Proseware Networks: OP008 could not be evaluated in the earlier snapshot: needs operators",
            "not compared: which objects came or went is not known of operators: it is not in the earlier snapshot",
        ]
    );
}

/// What may stand on a page that was never fetched is not fixed, and what a stronger finding speaks for is not lost.
#[test]
fn no_earlier_finding_goes_without_a_word() {
    let before = sample("contoso");
    let mut after = before.clone();
    edit(&mut after, "Get-CsOnlineUser.json", |users| {
        let half = list(users).len() / 2;
        list(users).truncate(half);
        *users = json!({
            "@odata.nextLink": "https://graph.microsoft.com/beta/users?$skiptoken=2",
            "value": users,
        });
    });
    let report = diff(&before, &after);
    assert_eq!(report.fixed, []);
    let told = drift(&report).not_compared.join("\n");
    let there = report.findings.iter().map(|one| one.fingerprint);
    let silenced = report.silenced.iter().map(|one| one.fingerprint);
    let known: Vec<_> = there.chain(silenced).collect();
    let old = check(&before);
    let lost = old
        .findings
        .iter()
        .filter(|one| !known.contains(&one.fingerprint));
    let mut seen = 0;
    for finding in lost {
        seen += 1;
        let told = told.contains(&format!(" of {} ", finding.code));
        assert!(told, "{}", finding.message);
    }
    assert!(seen > 20, "{seen}");
    assert!(!report.silenced.is_empty());
}

/// An export that refines a rule and is left out fixes nothing, and what it brings back is no change of the tenant.
#[test]
fn an_export_that_is_left_out_fixes_nothing() {
    let mut files = sample("contoso");
    files.retain(|(name, _)| name != "graph-users.json" && name != "Get-CsCallQueue.json");
    assert_eq!(
        told(&diff(&sample("contoso"), &files)),
        [
            "new LI004 erik.johansson@contoso.example: it was an info before; `Graph users` is not in the later snapshot",
            "not compared: changes of `AssignedLicenses`, `LicenseAssignmentStates` are not seen: Get-CsOnlineUser of the later snapshot does not have it",
            "not compared: which objects came or went is not known of Graph users: it is not in the later snapshot",
            "not compared: which objects came or went is not known of Get-CsCallQueue: it is not in the later snapshot",
            "not compared: whether 3 earlier findings of AA001 are fixed is not known: needs Get-CsCallQueue",
            "not compared: whether 3 earlier findings of AA003 are fixed is not known: needs Get-CsCallQueue",
            "not compared: whether an earlier finding of AA028 is fixed is not known: sees only part without Get-CsCallQueue; without Get-CsCallQueue",
            "not compared: whether an earlier finding of LI009 is fixed is not known: `Graph users` is not in the later snapshot",
            "not compared: whether an earlier finding of LI012 is fixed is not known: needs Get-CsOnlineUser with AssignedLicenses or LicenseAssignmentStates, or Graph licenseDetails",
            "not compared: whether an earlier finding of LI013 is fixed is not known: needs Get-CsOnlineUser with AssignedLicenses or LicenseAssignmentStates, or Graph licenseDetails",
            "not compared: whether 2 earlier findings of LI014 are fixed is not known: needs Get-CsOnlineUser with LicenseAssignmentStates",
            "not compared: whether 2 earlier findings of RA007 are fixed is not known: needs Get-CsCallQueue",
            "not compared: whether an earlier finding of RA010 is fixed is not known: sees only part without Get-CsCallQueue; without Get-CsCallQueue, Get-CsCallingLineIdentity, Get-CsInboundBlockedNumberPattern, Get-CsTeamsUnassignedNumberTreatment",
            "not compared: whether an earlier finding of RA015 is fixed is not known: needs Get-CsCallQueue",
        ]
    );
    assert_eq!(
        told(&diff(&files, &sample("contoso"))),
        [
            "new AA001 Archive: AA001 could not be evaluated in the earlier snapshot: needs Get-CsCallQueue",
            "new AA001 Help Desk Seattle: AA001 could not be evaluated in the earlier snapshot: needs Get-CsCallQueue",
            "new AA001 Lobby: AA001 could not be evaluated in the earlier snapshot: needs Get-CsCallQueue",
            "new AA003 Blank: AA003 could not be evaluated in the earlier snapshot: needs Get-CsCallQueue",
            "new AA003 Halfway: AA003 could not be evaluated in the earlier snapshot: needs Get-CsCallQueue",
            "new AA003 Swap Seattle: AA003 could not be evaluated in the earlier snapshot: needs Get-CsCallQueue",
            "new AA028 cq.synced@contoso.example: AA028 could not be evaluated in the earlier snapshot: sees only part without Get-CsCallQueue; without Get-CsCallQueue",
            "new LI009 cq.outbound.seattle@contoso.example: `Graph users` is not in the earlier snapshot",
            "new LI012 paula.brandt@contoso.example: LI012 could not be evaluated in the earlier snapshot: needs Get-CsOnlineUser with AssignedLicenses or LicenseAssignmentStates, or Graph licenseDetails",
            "new LI013 nils.ekman@contoso.example: LI013 could not be evaluated in the earlier snapshot: needs Get-CsOnlineUser with AssignedLicenses or LicenseAssignmentStates, or Graph licenseDetails",
            "new LI014 aline.cordier@contoso.example: LI014 could not be evaluated in the earlier snapshot: needs Get-CsOnlineUser with LicenseAssignmentStates",
            "new LI014 bruno.keller@contoso.example: LI014 could not be evaluated in the earlier snapshot: needs Get-CsOnlineUser with LicenseAssignmentStates",
            "new RA007 aa.depot.paris@contoso.example: RA007 could not be evaluated in the earlier snapshot: needs Get-CsCallQueue",
            "new RA007 aa.holiday.seattle@contoso.example: RA007 could not be evaluated in the earlier snapshot: needs Get-CsCallQueue",
            "new RA010 Lobby: RA010 could not be evaluated in the earlier snapshot: sees only part without Get-CsCallQueue; without Get-CsCallQueue, Get-CsCallingLineIdentity, Get-CsInboundBlockedNumberPattern, Get-CsTeamsUnassignedNumberTreatment",
            "new RA015 cq.overflow.berlin@contoso.example: RA015 could not be evaluated in the earlier snapshot: needs Get-CsCallQueue",
            "new US005 walter.brand@contoso.example: it was a warning before; `Graph users` is not in the earlier snapshot",
            "not compared: changes of `AssignedLicenses`, `LicenseAssignmentStates` are not seen: Get-CsOnlineUser of the earlier snapshot does not have it",
            "not compared: which objects came or went is not known of Graph users: it is not in the earlier snapshot",
            "not compared: which objects came or went is not known of Get-CsCallQueue: it is not in the earlier snapshot",
        ]
    );
}

/// What is worse than it was is new; what an exception hid, or nobody could judge, has no change for its cause.
#[test]
fn what_got_worse_is_new() {
    let mut files = sample("contoso");
    edit(&mut files, "operators.json", |operators| {
        let operator = list(operators)
            .iter_mut()
            .find(|one| one["name"] == "Tailspin Connect");
        operator.expect("an operator")["status"] = json!("Removed");
    });
    assert_eq!(
        told(&diff(&sample("contoso"), &files)),
        [
            "operator `Tailspin Connect`: `Status` changed from `Suspended` to `Removed`, hence 2",
            "new OP001 Tailspin Connect: it was a warning before; operator `Tailspin Connect`: `Status` changed from `Suspended` to `Removed`",
            "new OP008 Tailspin Connect: operator `Tailspin Connect`: `Status` changed from `Suspended` to `Removed`",
        ]
    );
}

/// A column that is left out is no change of anybody, and is told.
#[test]
fn a_lost_column_is_told() {
    let mut files = sample("contoso");
    edit(&mut files, "Get-CsOnlineUser.json", |users| {
        for user in list(users) {
            let user = user.as_object_mut().expect("an object");
            user.remove("OnlineVoiceRoutingPolicy");
        }
    });
    let report = diff(&sample("contoso"), &files);
    assert!(drift(&report).changes.is_empty());
    assert_eq!(
        drift(&report).not_compared[0],
        "changes of `OnlineVoiceRoutingPolicy` are not seen: Get-CsOnlineUser of the later snapshot does not have it"
    );
}

#[test]
fn formats_tell_of_the_difference() {
    let report = diff(&sample("contoso"), &later());
    for (format, text) in in_all_formats(&report) {
        for word in ["OC-NoTrunk", "Northwind Telecom"] {
            assert!(text.contains(word), "{format}: {word}");
        }
    }
}
