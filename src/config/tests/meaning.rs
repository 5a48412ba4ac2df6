//! What a file and a command line mean.

use super::{code, given, on, policy, resolve, rules};
use crate::config::{FailOn, Overrides, Policy, Profile, ProjectFile};
use crate::finding::Severity;
use crate::rules::Rule;

const STANDARD: &str = "OC001 OP001 RA001 US001";

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn with(text: &str, overrides: &Overrides) -> Policy {
    resolve(text, overrides).expect(text)
}

#[test]
fn without_file_the_default_profile_runs_high_and_medium_confidence() {
    let policy = Policy::resolve(None, &Overrides::default(), rules()).expect("nothing is wrong");
    assert_eq!(on(&policy), STANDARD);
    assert_eq!(policy.fail_on, FailOn::Severity(Severity::Error));
    assert_eq!(policy.profile, Profile::Default);
}

#[test]
fn an_empty_file_means_what_no_file_means() {
    for text in [
        "",
        "\u{feff}",
        "# nothing\r\n",
        "[severity]\n[rules]\n",
        "ignore = []",
    ] {
        assert_eq!(on(&policy(text)), STANDARD, "{text:?}");
    }
}

#[test]
fn the_strict_profile_runs_low_confidence_too() {
    assert_eq!(
        on(&policy("profile = \"strict\"")),
        "OC001 OC003 OP001 RA001 US001"
    );
}

#[test]
fn a_rule_named_by_name_or_code_runs_whatever_the_profile() {
    assert_eq!(on(&policy("select = [\"perhaps-unused\"]")), "OC003");
    assert_eq!(
        on(&policy("select = [\"oc003\", \"ALL\"]")),
        "OC001 OC003 OP001 RA001 US001"
    );
}

#[test]
fn all_and_groups_stay_within_the_profile() {
    assert_eq!(on(&policy("select = [\"ALL\"]")), STANDARD);
    assert_eq!(on(&policy("select = [\"OC\"]")), "OC001");
    assert_eq!(on(&policy("select = [\"operator-connect\"]")), "OC001");
    assert_eq!(
        on(&policy("profile = \"strict\"\nselect = [\"OC\"]")),
        "OC001 OC003"
    );
}

#[test]
fn selectors_are_names_codes_prefixes_and_categories_in_any_case() {
    for (word, codes) in [
        ("stale-pstn-usage", "OC001"),
        ("Stale-PSTN-Usage", "OC001"),
        ("oc001", "OC001"),
        ("op", "OP001"),
        ("OPERATORS", "OP001"),
        ("all", STANDARD),
        (" US001 ", "US001"),
    ] {
        assert_eq!(
            on(&policy(&format!("select = [\"{word}\"]"))),
            codes,
            "{word}"
        );
    }
}

#[test]
fn a_prefix_is_all_letters_of_a_code_and_no_fewer() {
    assert!(resolve("select = [\"O\"]", &Overrides::default()).is_err());
    assert!(resolve("select = [\"OC0\"]", &Overrides::default()).is_err());
}

#[test]
fn rules_over_plans_stay_on_unless_they_are_ignored_or_chosen_among() {
    let of_plans = |text: &str| {
        let file = ProjectFile::parse("tenantlint.toml", text).expect("TOML");
        let policy =
            Policy::resolve(Some(&file), &Overrides::default(), crate::rules::known()).expect(text);
        let on = crate::rules::of_plans().iter();
        on.filter(|rule| policy.is_on(rule)).count()
    };
    let all = of_plans("");
    assert!(all > 1);
    assert_eq!(of_plans("select = [\"operator-connect\", \"EM001\"]"), all);
    assert_eq!(of_plans("select = [\"OC\", \"PL004\"]"), 1);
    assert_eq!(of_plans("select = [\"OC\"]\nignore = [\"PL004\"]"), all - 1);
    assert_eq!(of_plans("select = [\"OC\"]\nignore = [\"ALL\"]"), 0);
}

#[test]
fn ignore_beats_select_however_either_is_worded() {
    assert_eq!(on(&policy("ignore = [\"OC\", \"users\"]")), "OP001 RA001");
    assert_eq!(
        on(&policy("select = [\"OC001\", \"OP\"]\nignore = [\"OC\"]")),
        "OP001"
    );
    assert_eq!(on(&policy("select = [\"ALL\"]\nignore = [\"ALL\"]")), "");
}

#[test]
fn retired_rules_never_run_but_may_be_named() {
    assert_eq!(on(&policy("select = [\"OC002\"]")), "");
    assert_eq!(
        on(&policy(
            "profile = \"strict\"\nignore = [\"gone-rule\"]\n[severity]\nOC002 = \"info\""
        )),
        "OC001 OC003 OP001 RA001 US001"
    );
}

#[test]
fn a_select_on_the_command_line_replaces_the_one_of_the_file() {
    let overrides = Overrides {
        select: Some(words(&["RA"])),
        ..Overrides::default()
    };
    assert_eq!(on(&with("select = [\"OC\"]", &overrides)), "RA001");
}

#[test]
fn an_ignore_on_the_command_line_adds_to_the_one_of_the_file() {
    let overrides = Overrides {
        ignore: words(&["RA"]),
        ..Overrides::default()
    };
    assert_eq!(on(&with("ignore = [\"OC\"]", &overrides)), "OP001 US001");
}

#[test]
fn an_ignore_of_the_file_beats_a_select_on_the_command_line() {
    let overrides = Overrides {
        select: Some(words(&["OC001", "OP"])),
        ..Overrides::default()
    };
    assert_eq!(on(&with("ignore = [\"OC\"]", &overrides)), "OP001");
}

#[test]
fn profile_and_fail_on_come_from_the_command_line_before_the_file() {
    let text = "profile = \"strict\"\nfail-on = \"never\"";
    let policy = policy(text);
    assert_eq!(
        (policy.profile, policy.fail_on),
        (Profile::Strict, FailOn::Never)
    );
    let overrides = Overrides {
        profile: Some(Profile::Default),
        fail_on: Some(FailOn::Severity(Severity::Info)),
        ..Overrides::default()
    };
    let policy = with(text, &overrides);
    assert_eq!(policy.fail_on, FailOn::Severity(Severity::Info));
    assert_eq!(on(&policy), STANDARD);
}

#[test]
fn fail_on_is_reached_by_its_severity_and_all_above() {
    let reached = |name: &str| {
        let fail_on = FailOn::from_name(name).expect("it is a name");
        Severity::ALL.map(|severity| fail_on.reached_by(severity))
    };
    assert_eq!(reached("error"), [true, false, false]);
    assert_eq!(reached("warning"), [true, true, false]);
    assert_eq!(reached("info"), [true, true, true]);
    assert_eq!(reached("never"), [false, false, false]);
    for fail_on in FailOn::ALL {
        assert_eq!(FailOn::from_name(fail_on.name()), Some(fail_on));
    }
}

#[test]
fn a_severity_of_the_file_replaces_all_grades_of_its_rule() {
    let policy = policy("[severity]\n\"stale-pstn-usage\" = \"info\"\nop001 = \"error\"");
    for grade in Severity::ALL {
        assert_eq!(policy.severity(code("OC001"), grade), Severity::Info);
        assert_eq!(policy.severity(code("OP001"), grade), Severity::Error);
        assert_eq!(policy.severity(code("RA001"), grade), grade);
    }
}

#[test]
fn options_reach_the_rule_under_its_name_or_code_in_any_spelling_of_tables() {
    let json = r#"{"allowed-policies":["PBX-Extensions"]}"#;
    for text in [
        "[rules.stale-pstn-usage]\nallowed-policies = [\"PBX-Extensions\"]",
        "[rules.oc001]\nallowed-policies = [\"PBX-Extensions\"]",
        "rules.OC001.allowed-policies = [\"PBX-Extensions\"]",
        "rules = { OC001 = { allowed-policies = [\"PBX-Extensions\"] } }",
    ] {
        given();
        let policy = policy(text);
        assert_eq!(given().as_deref(), Some(json), "{text}");
        assert!(policy.options(code("OC001")).is_some());
    }
}

#[test]
fn options_that_are_not_configured_have_their_defaults() {
    given();
    let policy = policy("");
    assert_eq!(given(), None);
    assert!(policy.options(code("OC001")).is_some());
    assert!(policy.options(code("OP001")).is_none());
}

#[test]
fn toml_values_become_json_and_dates_become_text() {
    given();
    policy("[rules.US001]\nsince = 2027-03-31\nleast = 0x1F\nmost = 1_000\nfactor = 1_0.5");
    assert_eq!(
        given().as_deref(),
        Some(r#"{"factor":10.5,"least":31,"most":1000,"since":"2027-03-31"}"#)
    );
}

#[test]
fn options_are_judged_together_so_that_they_may_depend_on_each_other() {
    // Alone, this `least` would be above the default of `most`.
    policy("[rules.US001]\nleast = 2000\nmost = 3000");
}

#[test]
fn a_rule_that_the_policy_does_not_know_is_off() {
    static NONE: &[Rule] = &[];
    let file = ProjectFile::parse("tenantlint.toml", "").expect("it is empty");
    let policy =
        Policy::resolve(Some(&file), &Overrides::default(), NONE).expect("nothing is wrong");
    assert!(!policy.is_on(code("OC001")));
    assert!(policy.options(code("OC001")).is_none());
    assert_eq!(
        policy.severity(code("OC001"), Severity::Info),
        Severity::Info
    );
}
