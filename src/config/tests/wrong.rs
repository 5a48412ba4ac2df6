//! What is wrong with a file or a command line, and where the error points.

use super::{errors, policy, resolve, rules, shown, told};
use crate::config::{Overrides, Policy};

/// Everything at once.
const ALL_WRONG: &str = "\
profil = \"strict\"
fail-on = \"warn\"
select = [\"OC\", \"operater-connect\", 3]
ignore = \"SE\"

[severity]
OC = \"error\"
US001 = \"off\"
stale-pstn-usages = \"error\"
OP001 = \"fatal\"

[rules.stale-pstn-usage]
allowed-policy = []
internal-ranges = \"331990095\"
select = [\"OC001\"]

[rules.oc001]

[rules.operator-with-assigned-numbers]
";

#[test]
fn all_errors_are_collected_in_the_order_of_the_file() {
    let expected = "\
1:1 profil: unknown key `profil` (did you mean `profile`?)
2:11 \"warn\": `warn` is not a value of `fail-on` (did you mean `warning`?)
3:17 \"operater-connect\": unknown rule or group `operater-connect` in `select` (did you mean `operator-connect`?)
3:37 3: `select` must list strings, not an integer (rules and groups are named by strings, such as `\"OC001\"`)
4:10 \"SE\": `ignore` must be a list, not a string (write `ignore = [\"SE\"]`)
7:1 OC: `OC` is a group, and `[severity]` names single rules (name each rule of the group by its name or code)
8:9 \"off\": `off` is not a severity (to switch the rule off, name it in `ignore`: `ignore = [\"US001\"]`)
9:1 stale-pstn-usages: unknown rule `stale-pstn-usages` in `[severity]` (did you mean `stale-pstn-usage`?)
10:9 \"fatal\": `fatal` is not a value of `severity` (write `error`, `warning` or `info`)
13:1 allowed-policy: unknown option `allowed-policy` of rule `stale-pstn-usage` (did you mean `allowed-policies`?)
14:19 \"331990095\": option `internal-ranges` of `stale-pstn-usage`: invalid type: string \"331990095\", expected a list (write `internal-ranges = [\"331990095\"]`)
15:1 select: unknown option `select` of rule `stale-pstn-usage` (`select` must stand above the first line in square brackets)
17:8 oc001: rule `stale-pstn-usage` occurs twice in `[rules]` (`stale-pstn-usage` on line 12 is the same rule; keep one of the two)
19:8 operator-with-assigned-numbers: rule `operator-with-assigned-numbers` has no options (a severity goes to `[severity]`; to switch a rule off, name it in `ignore`)
";
    assert_eq!(told(ALL_WRONG), expected);
}

#[test]
fn an_error_is_drawn_with_its_line() {
    assert!(shown(&errors(ALL_WRONG)).contains(
        "error: unknown option `allowed-policy` of rule `stale-pstn-usage`
    ╭─[tenantlint.toml:13:1]
 12 │ [rules.stale-pstn-usage]
 13 │ allowed-policy = []
    · ──────────────
 14 │ internal-ranges = \"331990095\"
    ╰────
  help: did you mean `allowed-policies`?
"
    ));
}

#[test]
fn an_unknown_key_that_is_near_to_none_lists_the_keys() {
    assert_eq!(
        told("banana = 1"),
        "1:1 banana: unknown key `banana` (the keys are `profile`, `fail-on`, `select`, `ignore`, `severity`, `rules`, `exceptions` or `exceptions-warn-days`)\n"
    );
}

#[test]
fn values_of_the_wrong_type_are_marked() {
    for (text, expected) in [
        (
            "profile = 1",
            "1:11 1: `profile` must be a string, not an integer (write `default` or `strict`)\n",
        ),
        (
            "fail-on = true",
            "1:11 true: `fail-on` must be a string, not a boolean (write `error`, `warning`, `info` or `never`)\n",
        ),
        (
            "select = {}",
            "1:10 {}: `select` must be a list, not a table (write `select = [\"OC001\"]`)\n",
        ),
        (
            "severity = 1.5",
            "1:12 1.5: `severity` must be a table, not a float (write a table `[severity]` with lines such as `stale-pstn-usage = \"warning\"`)\n",
        ),
        (
            "severity.OC001 = 3",
            "1:18 3: `OC001` must be a string, not an integer (write `error`, `warning` or `info`)\n",
        ),
        (
            "[[rules]]",
            "1:1 [[rules]]: `rules` must be a table, not a list (options stand in a table for each rule: `[rules.stale-pstn-usage]`)\n",
        ),
        (
            "rules.OC001 = 2027-01-01",
            "1:15 2027-01-01: `rules.OC001` must be a table, not a date (options stand in a table for each rule: `[rules.stale-pstn-usage]`)\n",
        ),
    ] {
        assert_eq!(told(text), expected);
    }
}

#[test]
fn a_near_word_of_another_case_is_meant() {
    assert_eq!(
        told("profile = \"Strict\""),
        "1:11 \"Strict\": `Strict` is not a value of `profile` (did you mean `strict`?)\n"
    );
}

#[test]
fn an_unknown_selector_means_the_nearest_name_code_or_category() {
    for (word, help) in [
        ("stale-pstn-usag", "did you mean `stale-pstn-usage`?"),
        ("OP-001", "did you mean `OP001`?"),
        ("user", "did you mean `users`?"),
        ("al", "did you mean `ALL`?"),
        ("banana", "`tenantlint rules` lists all rules"),
        ("", "`tenantlint rules` lists all rules"),
        // A retired rule is no advice.
        ("gone-rul", "`tenantlint rules` lists all rules"),
    ] {
        for key in ["select", "ignore"] {
            let expected = format!("unknown rule or group `{word}` in `{key}` ({help})\n");
            let told = told(&format!("{key} = [\"{word}\"]"));
            assert!(told.ends_with(&expected), "{told}");
        }
    }
}

#[test]
fn an_empty_select_is_an_error() {
    let help = "leave it out to run every rule of the profile";
    assert_eq!(
        told("select = []"),
        format!("1:10 []: `select` is empty, so no rule would run ({help})\n")
    );
    let overrides = Overrides {
        select: Some(Vec::new()),
        ..Overrides::default()
    };
    let errors = resolve("", &overrides).expect_err("nothing is selected");
    assert_eq!(
        errors[0].to_string(),
        "`--select` is empty, so no rule would run"
    );
}

#[test]
fn words_of_the_command_line_are_judged_behind_the_file_and_have_no_place() {
    let overrides = Overrides {
        select: Some(vec!["OC01".into()]),
        ignore: vec!["banana".into()],
        ..Overrides::default()
    };
    let errors =
        resolve("select = [\"users\", \"nobody\"]", &overrides).expect_err("three words are wrong");
    let told: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "tenantlint.toml:1:20: unknown rule or group `nobody` in `select`",
            "unknown rule or group `OC01` in `--select`",
            "unknown rule or group `banana` in `--ignore`",
        ]
    );
    assert_eq!(errors[1].help.as_deref(), Some("did you mean `OC001`?"));
    assert!(Policy::resolve(None, &overrides, rules()).is_err());
}

#[test]
fn off_is_no_severity_however_it_is_written() {
    for off in ["\"off\"", "\"OFF\"", "\"none\"", "false"] {
        let told = told(&format!("[severity]\noc001 = {off}"));
        let help = "(to switch the rule off, name it in `ignore`: `ignore = [\"oc001\"]`)\n";
        assert!(
            told.contains("is not a severity") && told.ends_with(help),
            "{told}"
        );
    }
}

#[test]
fn a_rule_is_configured_once_whatever_it_is_called() {
    for section in ["severity", "rules"] {
        let value = if section == "rules" { "{}" } else { "\"info\"" };
        let told = told(&format!(
            "[{section}]\nstale-pstn-usage = {value}\nOC001 = {value}"
        ));
        let message = format!(
            "3:1 OC001: rule `stale-pstn-usage` occurs twice in `[{section}]` (`stale-pstn-usage` on line 2"
        );
        assert!(told.starts_with(&message), "{told}");
    }
    // One severity and one table of options are no contradiction.
    policy("[severity]\nOC001 = \"info\"\n[rules.OC001]");
}

#[test]
fn an_unknown_rule_of_a_table_means_the_nearest_rule() {
    assert_eq!(
        told("[rules.stale-usage]\n[rules.\"OC-001\"]\n[rules.users]"),
        "1:8 stale-usage: unknown rule `stale-usage` in `[rules]` (did you mean `stale-pstn-usage`?)
2:8 \"OC-001\": unknown rule `OC-001` in `[rules]` (did you mean `OC001`?)
3:8 users: `users` is a group, and `[rules]` names single rules (name each rule of the group by its name or code)\n"
    );
}

#[test]
fn an_unknown_option_that_is_near_to_none_lists_the_options() {
    assert_eq!(
        told("[rules.OC001]\nbanana = 1"),
        "2:1 banana: unknown option `banana` of rule `stale-pstn-usage` (its options are `allowed-policies` or `internal-ranges`)\n"
    );
}

#[test]
fn each_wrong_option_is_marked_by_itself() {
    assert_eq!(
        told("[rules.US001]\nleast = -1\nmost = 5\nsince = 3\nfactor = nan\n"),
        "2:9 -1: option `least` of `user-not-teams-only`: invalid value: integer `-1`, expected a whole number from 0 (-)
4:9 3: option `since` of `user-not-teams-only`: invalid type: integer `3`, expected a string (-)
5:10 nan: `nan` is not a number that an option can have (-)\n"
    );
    assert!(told("rules.US001.least = 99999999999999999999").contains("does not fit into 64 bits"));
}

#[test]
fn options_that_do_not_fit_each_other_are_marked_at_their_rule() {
    assert_eq!(
        told("[rules.US001]\nleast = 3\nmost = 1"),
        "1:8 US001: options of `user-not-teams-only`: `least` is above `most` (-)\n"
    );
}

#[test]
fn text_that_is_no_toml_is_refused_with_every_place_that_the_parser_can_tell() {
    assert_eq!(
        told("select = [\"OC\",, \"OP\"]\nselect = []\nfail-on = never\nprofile strict"),
        "1:16 ,: not valid TOML: extra comma in array, expected value (-)
2:1 select: not valid TOML: duplicate key (-)
3:11 never: not valid TOML: invalid float, expected `nan` (strings stand in quotes: `\"never\"`)
4:9 : not valid TOML: key with no value, expected `=` (-)\n"
    );
}

#[test]
fn an_error_at_the_very_end_is_drawn_too() {
    let drawn = shown(&errors("select = [\"OC\""));
    assert!(
        drawn.contains("[tenantlint.toml:1:15]\n 1 │ select = [\"OC\" \n   ·               ─\n"),
        "{drawn}"
    );
}

#[test]
fn no_text_makes_it_panic_or_steers_a_terminal() {
    let nested = "[".repeat(10_000);
    let long = "k".repeat(100_000);
    for text in [
        "{",
        "\"",
        "=",
        "[",
        "[[",
        "]",
        "a=\"\"\"",
        "a='x\u{1b}[2Jy'",
        "\u{1b}",
        "p\0r\0",
        "\u{feff}\u{feff}",
        "a.b.c=1\na=2",
        "\r",
        "é=é",
        "\"\\u001b[2J\" = 1",
        "select = [\"\\u001b[2J\"]",
        "[rules.\"\\u001b\"]",
        "[severity]\nOC001 = \"\\u001b\"",
        "[rules.OC001]\nallowed-policies = \"\\u001b\"",
        &format!("x = {nested}"),
        &long,
        &format!("{long} = 1"),
        &format!("[rules.OC001]\nallowed-policies = \"{long}\""),
        &format!("[severity]\n{long} = \"off\""),
    ] {
        for error in errors(text) {
            let drawn = error.render(false);
            let safe = drawn
                .chars()
                .all(|character| character == '\n' || !character.is_control());
            assert!(safe && !drawn.contains("Failed to read"), "{drawn:?}");
            assert!(drawn.len() < 4_000, "{}", drawn.len());
        }
    }
}

#[test]
fn of_several_complaints_about_one_line_of_no_toml_the_first_is_told() {
    assert_eq!(
        told("select = [\"OC\",,,, \"OP\"]"),
        "1:16 ,: not valid TOML: extra comma in array, expected value (-)\n"
    );
}

#[test]
fn exceptions_say_what_why_and_until_when() {
    let wrong = "\
[[exceptions]]
rule = \"OC001\"
subject = \"+33199001201\"

[[exceptions]]
rule = \"OC0001\"
subject = \"x\"
reason = \"known\"
expirse = 2027-01-01

[[exceptions]]
rule = \"OC\"
reason = \"known\"

[[exceptions]]
rule = \"US001\"
user = \"a@contoso.example\"
number = \"+33199001201\"
reason = \" \"
expires = \"soon\"
max-matches = 0
";
    let expected = "\
2:1 rule = \"OC001\"
subject = \"+33199001201\": an exception without `reason` (say why it is accepted: whoever reads this next year has to know)
6:8 \"OC0001\": unknown rule `OC0001` in `[[exceptions]]` (did you mean `OC001`?)
9:1 expirse: unknown key `expirse` in `[[exceptions]]` (did you mean `expires`?)
12:1 rule = \"OC\"
reason = \"known\": an exception has to name what it accepts (add one of `subject`, `user`, `number`, `operator` or `fingerprint`)
12:8 \"OC\": `OC` is a group, and an exception names one rule (write an exception for each rule, or ignore the group)
18:10 \"+33199001201\": an exception names one thing, and `number` is a second (write an exception for each of them)
19:10 \" \": `reason` must be a text that is not blank (-)
20:11 \"soon\": `soon` is no day (write the last day on which it holds: `expires = 2027-03-31`)
21:15 0: `max-matches` must be a number from 1 on (-)
";
    assert_eq!(told(wrong), expected);
    assert!(told("exceptions = 1").contains("must be a list of tables"));
    assert!(told("exceptions-warn-days = -1").contains("whole number of days from 0 on"));
    assert!(told("exceptions-warn-days = \"x\"").contains("days from 0 on, not a string"));
    // What is blank is named once.
    let blank = told("[[exceptions]]\nrule = \"OC001\"\nreason = \"known\"\nsubject = \"\"\n");
    assert_eq!(
        blank,
        "4:11 \"\": `subject` must be a text that is not blank (-)\n"
    );
    let known = "[[exceptions]]\nrule = \"OC001\"\nreason = \"known\"\nfingerprint = \"abc\"\n";
    assert_eq!(
        told(known),
        "4:15 \"abc\": `abc` is no fingerprint (it is 32 hexadecimal digits, as reports print them)\n"
    );
}

#[test]
fn what_slipped_under_a_heading_is_told_where_it_belongs() {
    assert_eq!(
        told("[rules.OC001]\nseverity = \"info\"\n"),
        "2:1 severity: unknown option `severity` of rule `stale-pstn-usage` \
         (write `OC001 = \"info\"` below the line `[severity]`)\n"
    );
    let exception = "[[exceptions]]\nrule = \"OC001\"\nsubject = \"x\"\nreason = \"known\"\n";
    assert_eq!(
        told(&format!("{exception}fail-on = \"warning\"\n")),
        "5:1 fail-on: unknown key `fail-on` in `[[exceptions]]` \
         (`fail-on` must stand above the first line in square brackets)\n"
    );
    for (key, heading) in [
        ("severity", "`[severity]`"),
        ("rules", "`[rules.stale-pstn-usage]`"),
        ("exceptions", "`[[exceptions]]`"),
    ] {
        let said = told(&format!("{exception}{key} = \"x\"\n"));
        assert!(said.contains(heading), "{said}");
    }
}
