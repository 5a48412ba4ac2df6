//! What is known already: exceptions of the project file, and the baseline.

use tenantlint::audit::{audit, compare_with};
use tenantlint::config::{Overrides, Policy, ProjectFile};
use tenantlint::finding::{Severity, Status};
use tenantlint::report::Report;
use tenantlint::report::baseline::Baseline;
use tenantlint::rules;
use tenantlint::snapshot::{Input, Moment, load};
use tenantlint::source::Sources;
use tenantlint::tenant::build;

use crate::audits::{File, sample};

/// Checks contoso under a project file, at another moment if one is given.
fn check(files: &[File], config: &str, as_of: Option<&str>) -> Report {
    let file = ProjectFile::parse("tenantlint.toml", config).expect("TOML");
    let policy = Policy::resolve(Some(&file), &Overrides::default(), rules::all())
        .unwrap_or_else(|errors| panic!("{errors:?}"));
    let inputs = files
        .iter()
        .map(|(name, bytes)| Input::Memory {
            shown: name.clone(),
            bytes: bytes.clone(),
        })
        .collect();
    let mut sources = Sources::default();
    let tenant = build(load("contoso".to_owned(), 0, inputs, &mut sources));
    let as_of = as_of.map(|time| Moment::parse(time).expect("a time"));
    audit(&[tenant], &[], sources, rules::all(), &policy, as_of)
}

fn excepted(report: &Report) -> Vec<(&str, &str)> {
    let findings = report.findings.iter();
    let findings = findings.filter(|finding| finding.status == Status::Excepted);
    findings
        .map(|finding| (finding.code, finding.subject.name.as_str()))
        .collect()
}

/// Line, severity and message of what the report says of the project file.
fn told(report: &Report) -> Vec<(u64, &'static str, &str)> {
    let problems = report.problems.iter();
    problems
        .filter_map(|problem| {
            let place = problem.location.as_ref()?;
            let of_file = report.path_of(place) == "tenantlint.toml";
            of_file.then_some((
                place.start.line,
                problem.severity.name(),
                problem.message.as_str(),
            ))
        })
        .collect()
}

const LIFT: &str = "
[[exceptions]]
rule = \"OC001\"
subject = \"+12065550111\"
reason = \"the lift phone stays on the gateway until the lift is replaced\"
expires = 2027-03-31
";

#[test]
fn an_exception_hides_what_it_names_until_its_last_day() {
    let files = sample("contoso");
    let plain = check(&files, "", None);
    let known = check(&files, LIFT, None);
    assert_eq!(excepted(&known), [("OC001", "+12065550111")]);
    assert_eq!(told(&known), []);
    let reasons = known
        .findings
        .iter()
        .filter_map(|finding| finding.reason.as_deref());
    assert_eq!(
        reasons.collect::<Vec<_>>(),
        ["the lift phone stays on the gateway until the lift is replaced"]
    );
    assert_eq!(known.summary().excepted, 1);
    assert_eq!(known.summary().error, plain.summary().error - 1);
    let soon = check(&files, LIFT, Some("2027-03-20T00:00:00Z"));
    assert_eq!(excepted(&soon).len(), 1);
    assert_eq!(
        told(&soon),
        [(
            3,
            "info",
            "the exception for `OC001` of `+12065550111` ends on 2027-03-31, in 12 days"
        )]
    );
    let last = check(&files, LIFT, Some("2027-03-31T23:59:59Z"));
    assert_eq!(excepted(&last).len(), 1);
    let over = check(&files, LIFT, Some("2027-04-01T00:00:00Z"));
    assert_eq!(excepted(&over).len(), 0);
    assert_eq!(
        told(&over),
        [(
            3,
            "warning",
            "the exception for `OC001` of `+12065550111` ended on 2027-03-31: what it accepted counts again"
        )]
    );
}

#[test]
fn exceptions_that_hide_nothing_or_too_much_are_told() {
    let files = sample("contoso");
    let exception = |rule: &str, target: &str, more: &str| {
        format!("[[exceptions]]\nrule = \"{rule}\"\n{target}\nreason = \"known\"\n{more}\n")
    };
    let nobody = check(
        &files,
        &exception("US001", "user = \"nobody@contoso.example\"", ""),
        None,
    );
    assert_eq!(
        told(&nobody),
        [(
            2,
            "info",
            "the exception for `US001` of `nobody@contoso.example` hides nothing: remove it"
        )]
    );
    // Of a rule that did not run nobody knows what an exception would hide.
    let off = exception("US001", "user = \"nobody@contoso.example\"", "");
    let off = check(&files, &format!("ignore = [\"US001\"]\n{off}"), None);
    assert_eq!(told(&off), []);
    let broad = check(
        &files,
        &exception("EM001", "subject = \"*\"", "max-matches = 5"),
        None,
    );
    assert_eq!(excepted(&broad), []);
    let [(2, "error", message)] = told(&broad)[..] else {
        panic!("{:?}", told(&broad));
    };
    assert!(
        message.contains("findings, more than 5: it hides none"),
        "{message}"
    );
    let all = check(
        &files,
        &exception("EM001", "subject = \"+*\"", "max-matches = 500"),
        None,
    );
    assert!(excepted(&all).len() > 5 && told(&all).is_empty());
    // As many as it names are not too many.
    let count = excepted(&all).len();
    let up_to = |most: usize| {
        let most = format!("max-matches = {most}");
        let report = check(&files, &exception("EM001", "subject = \"+*\"", &most), None);
        excepted(&report).len()
    };
    assert_eq!((up_to(count), up_to(count - 1)), (count, 0));
    // A kind of target speaks of that kind only.
    let user = check(&files, &exception("EM001", "user = \"*\"", ""), None);
    assert_eq!(excepted(&user), []);
    let tenant = |name: &str| {
        let target = format!("subject = \"+12065550111\"\ntenant = \"{name}\"");
        check(&files, &exception("OC001", &target, ""), None)
    };
    assert_eq!(excepted(&tenant("CONTOSO")).len(), 1);
    assert_eq!(excepted(&tenant("Fabrikam")).len(), 0);
}

#[test]
fn an_exception_is_told_to_go_only_where_all_that_it_names_was_judged() {
    let files = sample("contoso");
    let nobody =
        "[[exceptions]]\nrule = \"US001\"\nuser = \"nobody@contoso.example\"\nreason = \"known\"\n";
    let over = format!("{nobody}expires = 2020-01-01\n");
    let says = |config: &str, files: &[File]| -> Vec<String> {
        let report = check(files, config, None);
        let told = told(&report).into_iter();
        told.map(|(.., message)| message.to_owned()).collect()
    };
    let name = "the exception for `US001` of `nobody@contoso.example`";
    let useless = format!("{name} hides nothing: remove it");
    let ended = format!("{name} ended on 2020-01-01");
    let gone = format!("{ended}: nothing is left of what it accepted: remove it");
    assert_eq!(says(nobody, &files), [useless]);
    assert_eq!(says(&over, &files), [gone]);
    // The rule did not run.
    let off = format!("ignore = [\"US001\"]\n{over}");
    assert_eq!(says(&off, &files), [ended]);
    // It is about another tenant, which is not here.
    let other = format!("{nobody}tenant = \"Fabrikam\"\n");
    assert_eq!(says(&other, &files), [""; 0]);
    let own = format!("{nobody}tenant = \"Contoso\"\n");
    assert_eq!(says(&own, &files).len(), 1);
    // Of those that it names not all could be judged.
    let anybody = nobody
        .replace("nobody@", "*")
        .replace("US001", "US008")
        .replace("\nreason", "\nmax-matches = 1000\nreason");
    let mut unknown = files.clone();
    for (name, bytes) in &mut unknown {
        if name == "Get-CsOnlineUser.json" || name == "graph-users.json" {
            let text = String::from_utf8(std::mem::take(bytes)).expect("UTF-8");
            let mut value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
            let users = match &mut value {
                serde_json::Value::Object(page) => page["value"].as_array_mut(),
                list => list.as_array_mut(),
            };
            for user in users.expect("a list") {
                let user = user.as_object_mut().expect("a user");
                user.remove("UsageLocation");
                user.remove("usageLocation");
            }
            *bytes = serde_json::to_vec(&value).expect("JSON");
        }
    }
    assert_eq!(says(&anybody, &unknown), [""; 0]);
}

#[test]
fn one_that_is_too_broad_keeps_nothing_from_others() {
    let files = sample("contoso");
    let all =
        "[[exceptions]]\nrule = \"OC001\"\nsubject = \"*\"\nreason = \"all\"\nmax-matches = 2\n";
    let lift = "[[exceptions]]\nrule = \"OC001\"\nnumber = \"+12065550111\"\nreason = \"lift\"\n";
    for config in [format!("{all}{lift}"), format!("{lift}{all}")] {
        let report = check(&files, &config, None);
        assert_eq!(excepted(&report), [("OC001", "+12065550111")], "{config}");
        let told = told(&report);
        let [(_, "error", message)] = told[..] else {
            panic!("{told:?}");
        };
        assert!(message.contains("more than 2: it hides none"), "{message}");
    }
    // Nor does it let weaker rules speak.
    let select = "select = [\"US001\", \"HY002\"]\n";
    let weaker = |more: &str| {
        let report = check(&files, &format!("{select}{more}"), None);
        report.open().filter(|one| one.code == "HY002").count()
    };
    let all = all.replace("OC001", "US001");
    let broad = all.replace("max-matches = 2", "max-matches = 1");
    assert_eq!(weaker(&broad), weaker(""));
    let fitting = all.replace("max-matches = 2", "max-matches = 50");
    assert!(weaker(&fitting) > weaker(""));
}

#[test]
fn what_a_rule_that_is_off_would_tell_is_settled_as_it_would_be() {
    let mut files = sample("fabrikam");
    for (name, bytes) in &mut files {
        if name == "Get-CsOnlineUser.json" {
            let text = tenantlint::source::Encoding::detect(bytes).decode(bytes.clone());
            let text = text.text;
            let text = text.trim_start_matches('\u{feff}');
            *bytes =
                format!("{{\"value\":{text},\"@odata.nextLink\":\"https://x/y\"}}").into_bytes();
        }
    }
    let known = "[[exceptions]]\nrule = \"SN001\"\nsubject = \"*\"\nreason = \"x\"\n";
    let mild = "[severity]\nSN001 = \"warning\"\n";
    let baseline = Baseline::of_report(&check(&files, "", None));
    for off in ["ignore = [\"SN001\"]\n", "select = [\"EM\"]\n"] {
        let told = |report: &Report| -> (Option<Severity>, String) {
            let problems = report.problems.iter();
            let mut problems = problems.filter(|one| one.message.contains("`SN001` tells it"));
            let one = problems.next().expect("a problem");
            (report.worst(), one.message.clone())
        };
        let plain = check(&files, off, None);
        let (worst, message) = told(&plain);
        assert_eq!(worst, Some(Severity::Error), "{message}");
        assert!(
            message.ends_with("; `SN001` tells it, and is off"),
            "{message}"
        );
        let (worst, message) = told(&check(&files, &format!("{off}{known}"), None));
        assert_eq!(worst, None, "{message}");
        assert!(message.ends_with("; an exception accepts it"), "{message}");
        let (worst, _) = told(&check(&files, &format!("{off}{mild}"), None));
        assert_eq!(worst, Some(Severity::Warning));
        let mut compared = plain;
        compare_with(&mut compared, &baseline);
        let (worst, message) = told(&compared);
        assert_eq!(worst, None, "{message}");
        assert!(message.ends_with("; the baseline knows it"), "{message}");
    }
}

#[test]
fn a_number_is_named_as_exports_and_people_spell_it() {
    let files = sample("contoso");
    let accepts = |key: &str, value: &str| {
        let config =
            format!("[[exceptions]]\nrule = \"OC001\"\n{key} = \"{value}\"\nreason = \"x\"\n");
        check(&files, &config, None)
    };
    for spelled in [
        "+12065550111",
        "tel:+12065550111",
        "+1 206 555 0111",
        "+1 (206) 555-0111",
        "TEL:+1 206 555 011?",
    ] {
        let report = accepts("number", spelled);
        assert_eq!(excepted(&report).len(), 1, "{spelled}");
    }
    // What its rule never speaks of is no reason to remove it.
    let report = accepts("user", "*");
    assert_eq!(
        told(&report),
        [(
            2,
            "info",
            "the exception for `OC001` of `*` hides nothing: `OC001` finds things of kind `number`: name one, by `subject`"
        )]
    );
}

#[test]
fn an_exception_that_another_one_follows_can_go() {
    let files = sample("contoso");
    let old =
        "[[exceptions]]\nrule = \"OC001\"\nsubject = \"*\"\nreason = \"a\"\nexpires = 2026-01-01\n";
    let new = "[[exceptions]]\nrule = \"OC001\"\nsubject = \"*\"\nreason = \"renewed\"\n";
    let says = |config: &str| -> Vec<String> {
        let report = check(&files, config, None);
        let told = told(&report).into_iter();
        told.map(|(.., message)| message.to_owned()).collect()
    };
    let ended = "the exception for `OC001` of `*` ended on 2026-01-01";
    let replaced = format!("{ended}: another exception takes its place: remove it");
    assert_eq!(
        says(&format!("{old}{new}")),
        std::slice::from_ref(&replaced)
    );
    assert_eq!(says(&format!("{new}{old}")), [replaced]);
    // Of part of it, it is none.
    let part = new.replace("\"*\"", "\"+12065550111\"");
    let again = format!("{ended}: what it accepted counts again");
    assert_eq!(says(&format!("{old}{part}")), [again]);
}

#[test]
fn an_exception_ends_today_on_its_last_day() {
    let last = check(&sample("contoso"), LIFT, Some("2027-03-31T12:00:00Z"));
    assert_eq!(
        told(&last),
        [(
            3,
            "info",
            "the exception for `OC001` of `+12065550111` ends today"
        )]
    );
}

/// A baseline that is written anew keeps what this run could not judge.
#[test]
fn what_was_not_judged_stays_in_the_baseline() {
    let files = sample("contoso");
    let plain = check(&files, "", None);
    let first = Baseline::of_report(&plain);
    let without: Vec<File> = files
        .iter()
        .filter(|(name, _)| name != "operators.json")
        .cloned()
        .collect();
    let mut blind = check(&without, "ignore = [\"OC001\"]", None);
    compare_with(&mut blind, &first);
    let second = Baseline::renewed(&blind, &first);
    let mut again = check(&files, "", None);
    compare_with(&mut again, &second);
    assert_eq!(again.open().count(), 0);
    assert_eq!(again.fixed, []);
    // What is fixed leaves it.
    let gone = check(&files, LIFT, None);
    let third = Baseline::renewed(&gone, &first);
    let lift = plain
        .findings
        .iter()
        .find(|one| one.code == "OC001" && one.subject.name == "+12065550111");
    let lift = lift.expect("the finding").fingerprint.to_string();
    let tenant = plain.snapshots[0].tenant_id.as_deref();
    assert!(first.find(tenant, &lift).is_some());
    assert!(third.find(tenant, &lift).is_none(), "an exception has it");
}

#[test]
fn a_finding_is_named_by_its_fingerprint_too() {
    let files = sample("contoso");
    let plain = check(&files, "", None);
    let first = plain
        .findings
        .iter()
        .find(|finding| finding.code == "OC001")
        .expect("one");
    let config = format!(
        "[[exceptions]]\nrule = \"stale-pstn-usage\"\nfingerprint = \"{}\"\nreason = \"known\"\n",
        first.fingerprint
    );
    let report = check(&files, &config, None);
    assert_eq!(excepted(&report), [("OC001", first.subject.name.as_str())]);
}

#[test]
fn where_the_stronger_finding_is_excepted_the_weaker_one_speaks() {
    let users = r#"[{"Identity":"00000000-0000-4000-8000-000000000001","UserPrincipalName":"a@contoso.example",
        "AccountType":"User","InterpretedUserType":"PureOnlineTeamsOnlyUser","LineUri":"tel:+12065550101",
        "EnterpriseVoiceEnabled":false,"AssignedPlan":[{"Capability":"Teams","CapabilityStatus":"Enabled"}],
        "FeatureTypes":["Teams"],"SoftDeletionTimestamp":null}]"#;
    let files = [(
        "Get-CsOnlineUser.json".to_owned(),
        users.as_bytes().to_vec(),
    )];
    let open = |report: &Report| -> Vec<&str> {
        report
            .open()
            .map(|finding| finding.code)
            .filter(|code| ["LI001", "US002"].contains(code))
            .collect()
    };
    assert_eq!(open(&check(&files, "", None)), ["LI001"]);
    let config =
        "[[exceptions]]\nrule = \"LI001\"\nuser = \"A@contoso.example\"\nreason = \"known\"\n";
    let report = check(&files, config, None);
    assert_eq!(excepted(&report), [("LI001", "a@contoso.example")]);
    assert_eq!(open(&report), ["US002"]);
}

#[test]
fn a_baseline_knows_what_was_there_and_tells_what_is_fixed() {
    let files = sample("contoso");
    let plain = check(&files, "", None);
    let baseline = Baseline::of_report(&plain);
    let mut again = check(&files, "", None);
    compare_with(&mut again, &baseline);
    assert_eq!(again.open().count(), 0);
    assert_eq!(again.summary().baselined, plain.findings.len() as u64);
    assert_eq!(again.fixed, []);
    assert_eq!(again.worst(), None, "nothing new, nothing fails");
    // One person is made Teams Only; another mode breaks for somebody else.
    let mut changed = files.clone();
    for (name, bytes) in &mut changed {
        if name == "Get-CsOnlineUser.json" {
            let text = String::from_utf8(std::mem::take(bytes)).expect("UTF-8");
            let fixed = text.replace(
                "\"TeamsUpgradeEffectiveMode\": \"Islands\"",
                "\"TeamsUpgradeEffectiveMode\": \"TeamsOnly\"",
            );
            assert_ne!(text, fixed);
            *bytes = fixed.into_bytes();
        }
    }
    let mut better = check(&changed, "", None);
    compare_with(&mut better, &baseline);
    assert_eq!(better.open().count(), 0);
    let fixed: Vec<&str> = better.fixed.iter().map(|one| one.rule.as_str()).collect();
    assert!(fixed.contains(&"user-not-teams-only"), "{fixed:?}");
    // What was not judged is not fixed.
    let without: Vec<File> = files
        .iter()
        .filter(|(name, _)| name != "Get-CsOnlineUser.json" && name != "graph-users.json")
        .cloned()
        .collect();
    let mut blind = check(&without, "", None);
    compare_with(&mut blind, &baseline);
    assert!(
        blind
            .fixed
            .iter()
            .all(|one| one.rule != "user-not-teams-only"),
        "{:?}",
        blind.fixed
    );
    // Nor is what may stand on a page that was never fetched, even where the rule finds others.
    let mut half = files.clone();
    for (name, bytes) in &mut half {
        if name == "Get-CsOnlineUser.json" {
            let users: Vec<serde_json::Value> = serde_json::from_slice(bytes).expect("a list");
            let page = serde_json::json!({
                "@odata.nextLink": "https://graph.microsoft.com/beta/users?$skiptoken=2",
                "value": users[..users.len() / 2],
            });
            *bytes = page.to_string().into_bytes();
        }
    }
    let mut half = check(&half, "", None);
    compare_with(&mut half, &baseline);
    assert!(half.findings.iter().any(|one| one.code == "US001"));
    assert_eq!(half.fixed, []);
    // An exception keeps a finding out of the baseline.
    let known = check(&files, LIFT, None);
    let smaller = Baseline::of_report(&known);
    let mut again = check(&files, "", None);
    compare_with(&mut again, &smaller);
    let open: Vec<(&str, &str)> = again
        .open()
        .map(|one| (one.code, one.subject.name.as_str()))
        .collect();
    assert_eq!(open, [("OC001", "+12065550111")]);
}

/// Whatever export is left out, no finding is fixed by it.
#[test]
fn an_export_that_is_left_out_fixes_nothing() {
    let files = sample("contoso");
    let plain = check(&files, "", None);
    let mut written = Vec::new();
    let baseline = Baseline::of_report(&plain);
    baseline.write(&mut written).expect("memory");
    let baseline = Baseline::read(&written).expect("what was written");
    let mut wrong = Vec::new();
    for (left_out, _) in &files {
        let rest: Vec<File> = files
            .iter()
            .filter(|(name, _)| name != left_out && name != "manifest.json")
            .cloned()
            .collect();
        let mut report = check(&rest, "", Some("2026-09-14T05:30:00Z"));
        // The manifest tells the tenant; without it the records do.
        compare_with(&mut report, &baseline);
        assert!(report.summary().baselined > 0, "{left_out}");
        for one in &report.fixed {
            wrong.push(format!("without {left_out}: {} {}", one.rule, one.subject));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_got_worse_is_not_known() {
    let files = sample("contoso");
    let baseline = Baseline::of_report(&check(&files, "", None));
    let mut changed = files.clone();
    for (name, bytes) in &mut changed {
        if name == "operators.json" {
            let text = String::from_utf8(std::mem::take(bytes)).expect("UTF-8");
            let removed = text.replace("\"status\": \"Suspended\"", "\"status\": \"Removed\"");
            assert_ne!(text, removed);
            *bytes = removed.into_bytes();
        }
    }
    let mut worse = check(&changed, "", None);
    compare_with(&mut worse, &baseline);
    let open = worse.open().find(|finding| finding.code == "OP001");
    let cause = open.and_then(|finding| finding.cause.as_deref());
    assert_eq!(cause, Some("it was a warning before"));
}
