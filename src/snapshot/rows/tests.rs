//! Records that follow each other are read as each of them would be alone.

use super::*;
use crate::snapshot::field::Field;
use crate::snapshot::record::{NetworkSiteRecord, UserRecord};
use crate::source::SourceId;

/// What all records say, and what was noted of them: damages, tenants named, records read.
fn told(records: &[&str]) -> (Vec<String>, [u64; 3]) {
    let texts = TextsBuilder::default();
    let export = Export {
        kind: ExportKind::OnlineUser,
        user: None,
        name: None,
        texts: &texts,
    };
    let cut: Vec<(Raw, Span)> = records
        .iter()
        .map(|text| (Raw { at: 0, text }, Span::start_of(SourceId(0))))
        .collect();
    let rows = read_json::<UserRecord>(export, &Workers::default(), &cut);
    assert!(rows.bad.is_empty(), "{:?}", rows.bad);
    let noted = [
        rows.damages.total(),
        rows.tenants.values().map(|(count, _)| count).sum(),
        rows.read,
    ];
    let texts = texts.finish(rows.arenas);
    let mut said = Vec::new();
    for record in &rows.records {
        let mut words = Vec::new();
        record.each_value(&texts, &mut |property, values| {
            words.push(format!("{property}: {values:?}"));
        });
        said.push(words.join("\n"));
    }
    (said, noted)
}

/// Records that follow each other say what each of them says alone.
fn assert_alike(records: &[&str]) {
    let (together, noted) = told(records);
    let mut alone = Vec::new();
    let mut sums = [0; 3];
    for record in records {
        let (said, noted) = told(&[*record]);
        alone.extend(said);
        for (sum, count) in sums.iter_mut().zip(noted) {
            *sum += count;
        }
    }
    assert_eq!(together, alone);
    assert_eq!(noted, sums);
}

/// A record in which nearly everything is as in the others, but for some members.
fn user(number: usize, mode: &str, members: &str) -> String {
    format!(
        r#"{{"Identity":"00000000-0000-4000-8000-{number:012}","DisplayName":"Reception","FeatureTypes":["PhoneSystem","Teams"],"TeamsCallingPolicy":{{"Authority":"Tenant","Name":"Lobby"}},"TeamsUpgradeEffectiveMode":"{mode}","TelephoneNumbers":[{{"AssignmentCategory":"Primary","TelephoneNumber":"+12065550101"}}],"TenantId":"00000000-0000-4000-8000-0000000000aa","LineUri":"tel:+12065550101"{members}}}"#
    )
}

#[test]
fn what_is_written_alike_is_read_alike() {
    let all: Vec<String> = [
        ("TeamsOnly", ""),
        ("TeamsOnly", r#","UsageLocation":"FR""#),
        ("TeamsOnly", r#","UsageLocation":"FR""#),
        ("Islands", r#","UsageLocation":"DE""#),
        ("TeamsOnly", ""),
        // A value that is noted is noted each time.
        ("Unheard", ""),
        ("Unheard", ""),
        ("Unheard", r#","UsageLocation":"FR","x":1"#),
        // The same property once more, in another spelling or in the same.
        ("TeamsOnly", r#","OnPremLineURI":"tel:+1""#),
        ("TeamsOnly", r#","LineURI":"tel:+12065550102""#),
        ("TeamsOnly", r#","LineUri":"tel:+12065550102""#),
        ("TeamsOnly", r#","FeatureTypes":[]"#),
        ("TeamsOnly", r#","LineUri":null"#),
        ("TeamsOnly", ""),
    ]
    .iter()
    .enumerate()
    .map(|(number, (mode, members))| user(number + 1, mode, members))
    .collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    assert_alike(&all);
    let mut turned = all.clone();
    turned.reverse();
    assert_alike(&turned);
    for first in 0..all.len() {
        // Each of them becomes the twin, and is copied then or not yet.
        for times in 1..=3 {
            let mut some: Vec<&str> = vec![all[first]; times];
            some.extend(&all);
            assert_alike(&some);
        }
    }
}

/// A user with one plan: when it was assigned, its name and its state.
fn licensed(number: usize, time: &str, plan: &str, more: &str) -> String {
    user(
        number,
        "TeamsOnly",
        &format!(
            r#","AssignedPlan":[{{"AssignedTimestamp":{time},"Capability":{plan},"CapabilityStatus":"Enabled"}}, {{"x":"","Capability":"Teams","CapabilityStatus":"Enabled"{more}}}]"#
        ),
    )
}

#[test]
fn plans_are_told_apart_by_what_they_say_and_not_by_what_stands_beside_it() {
    let all: Vec<String> = [
        (r#""2024""#, r#""MCOEV""#, ""),
        (r#""2025-01-01""#, r#""MCOEV""#, ""),
        (r#""2026""#, r#""MCOEV""#, ""),
        (r#""2026""#, r#""MCOPSTN1""#, ""),
        (r#""2026-02-02""#, r#""MCOPSTN1""#, ""),
        // Texts with escapes, and what is no text.
        (r#""\n""#, r#""MCOEV""#, ""),
        (
            r#""\u0022,\u0022Capability\u0022:\u0022Teams""#,
            r#""MCOEV""#,
            "",
        ),
        ("null", r#""MCOEV""#, ""),
        (r#""2026""#, "null", ""),
        (r#""2026""#, r#""MCOEV""#, r#","IsInGracePeriod":true"#),
        (r#""2026""#, r#""MCOEV""#, r#","IsInGracePeriod":false"#),
        (r#""2026","Capability":"MCOPSTN1""#, r#""MCOEV""#, ""),
        (r#""2026""#, r#""MCOEV""#, r#"},{"Capability":"MCOPSTN1""#),
        (r#""2026""#, r#""MCOEV""#, r#"},{"CapabilityStatus":"Odd""#),
        (r#""2024""#, r#""MCOEV""#, ""),
    ]
    .iter()
    .enumerate()
    .map(|(number, (time, plan, more))| licensed(number + 1, time, plan, more))
    .collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    for first in 0..all.len() {
        let mut some: Vec<&str> = vec![all[first]; 3];
        some.extend(&all);
        some.extend(all.iter().rev());
        assert_alike(&some);
    }
}

#[test]
fn what_one_twin_says_is_not_taken_for_what_the_next_one_says() {
    let id = |number: usize| format!("00000000-0000-4000-8000-{number:012}");
    let record = |number: usize| match number {
        0..4 => format!(
            r#"{{"Identity":"{}","UsageLocation":"FR","Department":"Sales","LineUri":"tel:+1"}}"#,
            id(number + 1)
        ),
        _ => format!(
            r#"{{"LineUri":"tel:+2","Department":"Stores","UsageLocation":"DE","Identity":"{}"}}"#,
            id(number + 1)
        ),
    };
    let all: Vec<String> = (0..20).map(record).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    assert_alike(&all);
}

#[test]
fn of_two_values_that_a_record_has_neither_is_taken_for_the_other() {
    // What stands between them lets the walker come to the second without having met the first.
    let record = |first: &str, second: &str| {
        format!(
            r#"{{"Identity":"00000000-0000-4000-8000-000000000001",{first}"x":1,{second}"y":1,"z":1}}"#
        )
    };
    let (first, second) = (r#""LineURI":"tel:+1","#, r#""LineUri":"tel:+2","#);
    let both = record(first, second);
    let one = record(first, "");
    let other = record("", second);
    let records = [&both, &one, &other].map(String::as_str);
    for order in 0..3_usize.pow(5) {
        let nth = |place| records[order / 3_usize.pow(place) % 3];
        assert_alike(&[nth(0), nth(1), nth(2), nth(3), nth(4)]);
    }
}

#[test]
fn an_account_of_an_old_module_is_known_by_its_object_id() {
    let record = |number: usize, name: &str| {
        format!(
            r#"{{"Identity":"CN={name},OU=x,DC=y","UserPrincipalName":"a@contoso.example","ObjectId":"00000000-0000-4000-8000-{number:012}"}}"#
        )
    };
    // One name is all that its record says, one is the same as before, one holds another id.
    let other = "00000000-0000-4000-8000-0000000000aa";
    let all = [
        record(1, "Megan Bowen"),
        record(2, "Megan Bowen"),
        record(3, "Megan Bowen"),
        record(4, other),
        record(5, other),
        record(6, "Adele Vance"),
    ];
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    let (said, _) = told(&all);
    for (number, said) in said.iter().enumerate() {
        let id = format!("00000000-0000-4000-8000-{:012}", number + 1);
        assert!(said.contains(&id), "{said}");
    }
    for first in 0..all.len() {
        let mut some: Vec<&str> = vec![all[first]; 3];
        some.extend(&all);
        assert_alike(&some);
    }
}

#[test]
fn a_site_with_the_number_of_a_policy_has_one_that_is_not_known() {
    let texts = TextsBuilder::default();
    let export = Export {
        kind: ExportKind::TenantNetworkSite,
        user: None,
        texts: &texts,
        name: None,
    };
    let policies = |members: &str| {
        let record = format!(r#"{{"NetworkSiteID":"Oslo",{members}}}"#);
        let record = Raw {
            at: 0,
            text: &record,
        };
        let cut = [(record, Span::start_of(SourceId(0)))];
        let rows = read_json::<NetworkSiteRecord>(export, &Workers::default(), &cut);
        assert_eq!(rows.damages.total(), 0, "{members}");
        let site = &rows.records[0];
        [
            site.emergency_call_routing_policy.map(|_| ()),
            site.emergency_calling_policy.map(|_| ()),
        ]
    };
    for (members, expected) in [
        (
            r#""EmergencyCallRoutingPolicyName":null,"EmergencyCallRoutingPolicyTagID":17,"EmergencyCallingPolicyName":null,"EmergencyCallingPolicyTagID":null"#,
            [Field::Absent, Field::Null],
        ),
        (
            r#""EmergencyCallingPolicyTagID":3,"EmergencyCallingPolicyName":"","EmergencyCallRoutingPolicyName":"US","EmergencyCallRoutingPolicyTagID":17"#,
            [Field::Value(()), Field::Absent],
        ),
    ] {
        assert_eq!(policies(members), expected, "{members}");
    }
}
