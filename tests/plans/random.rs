//! Plans that nobody would write: whatever they ask for, the tenant behind them is what a later export would show.

use std::collections::BTreeSet;
use std::fmt::Write;

use serde_json::Value;
use tenantlint::audit::tell;
use tenantlint::finding::Status;
use tenantlint::rules;

use super::exports::Exports;
use super::{plan, policy, tenant};
use crate::audits::{File, sample};
use crate::dialects_agree::SplitMix;

/// How many, unless `TENANTLINT_PLANS` says another number.
const PLANS: u64 = 30;

/// Names that steps can use.
struct Names {
    users: Vec<String>,
    accounts: Vec<String>,
    numbers: Vec<String>,
    policies: Vec<String>,
    upgrades: Vec<String>,
    usages: Vec<String>,
    routes: Vec<String>,
    gateways: Vec<String>,
    operators: Vec<String>,
    locations: Vec<String>,
    apps: Vec<String>,
}

impl Names {
    fn of(files: &[File]) -> Self {
        let list = |file: &str, key: &str| -> Vec<String> {
            let Some((_, bytes)) = files.iter().find(|(name, _)| name == file) else {
                return Vec::new();
            };
            let text = std::str::from_utf8(bytes).expect("UTF-8");
            let document: Value =
                serde_json::from_str(text.trim_start_matches('\u{feff}')).expect("JSON");
            let records = document
                .as_array()
                .cloned()
                .unwrap_or_else(|| vec![document]);
            let texts = records
                .iter()
                .filter_map(|record| record.get(key)?.as_str());
            let bare = texts.map(|text| text.trim_start_matches("Tag:").to_owned());
            bare.filter(|text| !text.is_empty() && !text.contains(['"', '\\']))
                .collect()
        };
        let usages = files
            .iter()
            .find(|(name, _)| name == "Get-CsOnlinePstnUsage.json")
            .map(|(_, bytes)| serde_json::from_slice::<Value>(bytes).expect("JSON"))
            .and_then(|document| document.get("Usage").cloned())
            .and_then(|usages| usages.as_array().cloned())
            .unwrap_or_default();
        Self {
            users: list("Get-CsOnlineUser.json", "UserPrincipalName"),
            accounts: list("Get-CsOnlineApplicationInstance.json", "UserPrincipalName"),
            numbers: list("Get-CsPhoneNumberAssignment.json", "TelephoneNumber"),
            policies: list("Get-CsOnlineVoiceRoutingPolicy.json", "Identity"),
            upgrades: list("Get-CsTeamsUpgradePolicy.json", "Identity"),
            usages: usages
                .iter()
                .filter_map(|one| Some(one.as_str()?.to_owned()))
                .collect(),
            routes: list("Get-CsOnlineVoiceRoute.json", "Identity"),
            gateways: list("Get-CsOnlinePSTNGateway.json", "Identity"),
            operators: list("operators.json", "name"),
            locations: list("Get-CsOnlineLisLocation.json", "LocationId"),
            apps: list("Get-CsCallQueue.json", "Identity"),
        }
    }
}

fn pick<'n>(names: &'n [String], random: &mut SplitMix) -> &'n str {
    match names {
        [] => "nobody@contoso.example",
        names => &names[random.below(names.len())],
    }
}

/// A step of a change, its fields as TOML.
fn step(random: &mut SplitMix, names: &Names) -> String {
    const SKUS: [&str; 4] = [
        "PHONESYSTEM_VIRTUALUSER",
        "e43b5b99-8dfb-405f-9987-dc307f34bcbd",
        "06ebc4ee-1bb5-47dd-8120-11324bc54e06",
        "0dab259f-bf13-4952-b7f8-7db8f131b28d",
    ];
    let types = ["OperatorConnect", "CallingPlan", "DirectRouting"];
    let who = if random.percent(60) {
        &names.users
    } else {
        &names.accounts
    };
    let user = pick(who, random).to_owned();
    let number = if random.percent(85) {
        pick(&names.numbers, random).to_owned()
    } else {
        format!("+1206555{:04}", 100 + random.below(100))
    };
    let of_type = types[random.below(3)];
    let sku = SKUS[random.below(SKUS.len())];
    let other = SKUS[random.below(SKUS.len())];
    let (change, fields) = match random.below(26) {
        0..=3 => (
            "assign-number",
            format!("user = \"{user}\"\nnumber = \"{number}\""),
        ),
        4 => (
            "assign-number",
            format!(
                "user = \"{user}\"\nnumber = \"{number}\"\ntype = \"{of_type}\"\nlocation = \"{}\"",
                pick(&names.locations, random)
            ),
        ),
        5..=7 => ("unassign-number", format!("user = \"{user}\"")),
        8 => (
            "set-emergency-location",
            format!(
                "numbers = \"{number}\"\nlocation = \"{}\"",
                pick(&names.locations, random)
            ),
        ),
        9 => (
            "change-license",
            format!("users = \"{user}\"\nadd = \"{sku}\""),
        ),
        10 => (
            "change-license",
            format!("users = \"{user}\"\nremove = \"{sku}\""),
        ),
        11 => (
            "change-license",
            format!("users = \"{user}\"\nadd = \"{sku}\"\nremove = \"{other}\""),
        ),
        12 => (
            "set-usage-location",
            format!("users = \"{user}\"\ncountry = \"FR\""),
        ),
        13 => (
            "grant-policy",
            format!(
                "users = \"{user}\"\npolicy-type = \"OnlineVoiceRoutingPolicy\"\npolicy = \"{}\"",
                pick(&names.policies, random)
            ),
        ),
        14 => (
            "grant-policy",
            format!("users = \"{user}\"\npolicy-type = \"OnlineVoiceRoutingPolicy\""),
        ),
        15 => (
            "grant-policy",
            format!(
                "users = \"{user}\"\npolicy-type = \"TeamsUpgradePolicy\"\npolicy = \"{}\"",
                pick(&names.upgrades, random)
            ),
        ),
        16 => (
            "grant-policy-to-number",
            format!(
                "numbers = \"{number}\"\npolicy-type = \"OnlineVoiceRoutingPolicy\"\npolicy = \"{}\"",
                pick(&names.policies, random)
            ),
        ),
        17 => (
            "release-direct-routing-numbers",
            format!("numbers = \"{number}\""),
        ),
        18 => (
            "upload-operator-connect-numbers",
            format!(
                "numbers = \"{number}\"\noperator = \"{}\"\ncountry = \"US\"",
                pick(&names.operators, random)
            ),
        ),
        19 => (
            "complete-port",
            format!(
                "numbers = \"{number}\"\nto = \"{of_type}\"\noperator = \"{}\"",
                pick(&names.operators, random)
            ),
        ),
        20 => ("delete-account", format!("users = \"{user}\"")),
        21 => (
            "dissociate",
            format!("account = \"{}\"", pick(&names.accounts, random)),
        ),
        22 => (
            "associate",
            format!(
                "account = \"{}\"\napp = \"{}\"",
                pick(&names.accounts, random),
                pick(&names.apps, random)
            ),
        ),
        23 => match random.below(5) {
            0 => (
                "set-gateway",
                format!(
                    "gateway = \"{}\"\nenabled = false",
                    pick(&names.gateways, random)
                ),
            ),
            1 => (
                "remove-voice-route",
                format!("route = \"{}\"", pick(&names.routes, random)),
            ),
            2 => (
                "set-voice-routing-policy",
                format!(
                    "policy = \"{}\"\nusages = \"{}\"",
                    pick(&names.policies, random),
                    pick(&names.usages, random)
                ),
            ),
            3 => (
                "remove-pstn-usage",
                format!("usage = \"{}\"", pick(&names.usages, random)),
            ),
            _ => (
                "set-operator",
                format!(
                    "operator = \"{}\"\nstatus = \"Suspended\"\nadd-countries = \"DE\"",
                    pick(&names.operators, random)
                ),
            ),
        },
        24 => (
            "create-application-instance",
            format!(
                "name = \"aa.new{}@contoso.example\"\napp-type = \"call-queue\"",
                random.below(3)
            ),
        ),
        _ => ("wait-for-export", String::new()),
    };
    format!("[[step]]\nchange = \"{change}\"\n{fields}\n\n")
}

/// Findings by what they are recognized by, with their severity.
type Findings = BTreeSet<(String, &'static str, String)>;

fn findings(files: &[File]) -> Findings {
    of(&tenant(files).0)
}

fn of(tenant: &tenantlint::tenant::Tenant) -> Findings {
    let told = tell(tenant, rules::all(), &policy(), None);
    let open = told.findings.into_iter();
    let open = open.filter(|one| one.status == Status::Open);
    open.map(|one| {
        let what = format!("{} {}", one.code, one.subject.name);
        (one.fingerprint.to_string(), one.severity.name(), what)
    })
    .collect()
}

#[test]
fn behind_a_random_plan_is_what_exports_would_say() {
    let count = std::env::var("TENANTLINT_PLANS");
    let count = count
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(PLANS);
    let exports = Exports::of(&sample("contoso"));
    let start = exports.files();
    let names = Names::of(&start);
    let before = findings(&start);
    let mut done = 0;
    for seed in 0..count {
        let random = &mut SplitMix(seed);
        let steps = 1 + random.below(25);
        let mut text = String::new();
        for _ in 0..steps {
            let _ = write!(text, "{}", step(random, &names));
        }
        let judged = plan(&start, "plan.toml", &text);
        assert!(
            !judged.has_faults,
            "seed {seed}: {:?}",
            judged.report.problems.first()
        );
        let mut later = exports.clone();
        for edit in &judged.edits {
            later.apply(edit);
        }
        done += judged.edits.len();
        let later = findings(&later.files());
        let simulated = of(&judged.end);
        let only = |one: &Findings, other: &Findings| -> Vec<String> {
            one.difference(other)
                .map(|(_, severity, what)| format!("{severity} {what}"))
                .collect()
        };
        assert_eq!(
            (only(&simulated, &later), only(&later, &simulated)),
            (Vec::new(), Vec::new()),
            "seed {seed}: on paper and in exports, of\n{text}"
        );
        // The verdict says the same: what it adds and takes away is the difference of the two states.
        let added: BTreeSet<String> = judged
            .report
            .findings
            .iter()
            .filter(|one| one.cause.is_some())
            .map(|one| one.fingerprint.to_string())
            .collect();
        let is_worse = |(fingerprint, severity, _): &&(String, &str, String)| {
            let mut known = before.iter().filter(|(one, ..)| one == fingerprint);
            known.all(|(_, was, _)| rank(was) < rank(severity))
        };
        let silenced = tell(&tenant(&start).0, rules::all(), &policy(), None).silenced;
        let silenced: BTreeSet<String> = silenced.iter().map(ToString::to_string).collect();
        let expected: BTreeSet<String> = later
            .iter()
            .filter(is_worse)
            .map(|(one, ..)| one.clone())
            .filter(|one| !silenced.contains(one))
            .collect();
        assert_eq!(added, expected, "seed {seed}: what is added by\n{text}");
        for one in &judged.report.findings {
            let rule = rules::find(one.code).expect("a rule");
            let grades = &rule.page.severity;
            assert!(
                grades.contains(&one.severity),
                "{} {}",
                one.code,
                one.severity.name()
            );
        }
        let mut fingerprints: Vec<String> = judged
            .report
            .findings
            .iter()
            .map(|one| one.fingerprint.to_string())
            .collect();
        let all = fingerprints.len();
        fingerprints.sort();
        fingerprints.dedup();
        assert_eq!(
            fingerprints.len(),
            all,
            "seed {seed}: a fingerprint stands for two findings"
        );
        let all_later: BTreeSet<&String> = later.iter().map(|(one, ..)| one).collect();
        for fixed in &judged.report.fixed {
            assert!(
                !all_later.contains(&fixed.fingerprint),
                "seed {seed}: {fixed:?}"
            );
            assert!(before.iter().any(|(one, ..)| *one == fixed.fingerprint));
        }
    }
    assert!(done as u64 > count * 5, "only {done} edits");
}

fn rank(severity: &str) -> u8 {
    match severity {
        "error" => 2,
        "warning" => 1,
        _ => 0,
    }
}
