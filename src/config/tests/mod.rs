//! The sentences of the contract, one test each, on a small list of made-up rules: what a file means, and what is wrong
//! with one.

mod meaning;
mod wrong;

use std::cell::RefCell;
use std::fmt::Write;
use std::sync::LazyLock;

use serde::Deserialize;

use super::{ConfigError, Overrides, Policy, ProjectFile, selector};
use crate::rules::{Check, OptionValues, OptionsSpec, Page, Rule, Verdict};

thread_local! {
    /// The option tables that rules were given last, as JSON.
    static GIVEN: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
struct Usage {
    allowed_policies: Vec<String>,
    internal_ranges: Vec<String>,
}

/// Options that must fit each other.
#[derive(Deserialize)]
#[serde(try_from = "Wire")]
struct Bounds;

#[derive(Deserialize)]
#[serde(default)]
struct Wire {
    least: u32,
    most: u32,
    since: String,
    factor: f64,
}

impl Default for Wire {
    fn default() -> Self {
        Self {
            least: 0,
            most: 1_000,
            since: String::new(),
            factor: 1.0,
        }
    }
}

impl TryFrom<Wire> for Bounds {
    type Error = String;

    fn try_from(wire: Wire) -> Result<Self, String> {
        if wire.least > wire.most {
            return Err("`least` is above `most`".into());
        }
        Ok(Self)
    }
}

fn noting<T: serde::de::DeserializeOwned + Send + Sync + 'static>(
    value: serde_json::Value,
) -> Result<OptionValues, String> {
    GIVEN.with_borrow_mut(|given| given.push(value.to_string()));
    (OptionsSpec::of::<T>(&[]).parse)(value)
}

fn rules() -> &'static [Rule] {
    static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
        let usage = OptionsSpec {
            parse: noting::<Usage>,
            names: &["allowed-policies", "internal-ranges"],
        };
        let bounds = OptionsSpec {
            parse: noting::<Bounds>,
            names: &["least", "most", "since", "factor"],
        };
        vec![
            rule(
                "operator-connect",
                "stale-pstn-usage",
                "OC001",
                "high stable",
                Some(usage),
            ),
            rule(
                "operator-connect",
                "gone-rule",
                "OC002",
                "high retired",
                None,
            ),
            rule(
                "operator-connect",
                "perhaps-unused",
                "OC003",
                "low stable",
                None,
            ),
            rule(
                "operators",
                "operator-with-assigned-numbers",
                "OP001",
                "medium stable",
                None,
            ),
            rule(
                "resource-accounts",
                "resource-account-without-license",
                "RA001",
                "high stable",
                None,
            ),
            rule(
                "users",
                "user-not-teams-only",
                "US001",
                "high stable",
                Some(bounds),
            ),
        ]
    });
    &RULES
}

fn rule(
    category: &'static str,
    name: &'static str,
    code: &'static str,
    nature: &str,
    options: Option<OptionsSpec>,
) -> Rule {
    let (confidence, status) = nature.split_once(' ').expect("confidence and status");
    let sections: String = [
        "What it checks",
        "Why it matters",
        "Violation",
        "Clean",
        "Remedy",
        "Limits",
    ]
    .map(|title| format!("## {title}\n\ntext\n\n"))
    .concat();
    let page = format!(
        "---\ncode: {code}\ntitle: t\nseverity: [\"error\", \"warning\"]\nconfidence: {confidence}\nneeds: {{}}\nany-of: []\n\
         refines: {{}}\nconcludes-from-absence: []\nsince: 0.1.0\nreferences: []\nstatus: {status}\n---\n\n{sections}"
    );
    Rule {
        page: Box::leak(Box::new(
            Page::parse(category, name, page.leak()).expect("the page is well-formed"),
        )),
        check: Check::Tenant(|_| Verdict::Passed),
        options,
    }
}

fn resolve(text: &str, overrides: &Overrides) -> Result<Policy, Vec<ConfigError>> {
    let file = ProjectFile::parse("tenantlint.toml", text)?;
    Policy::resolve(Some(&file), overrides, rules())
}

fn policy(text: &str) -> Policy {
    resolve(text, &Overrides::default())
        .unwrap_or_else(|errors| panic!("{text}: {}", shown(&errors)))
}

/// The codes of the rules that run.
fn on(policy: &Policy) -> String {
    let codes: Vec<&str> = rules()
        .iter()
        .filter(|rule| policy.is_on(rule))
        .map(|rule| rule.page.code)
        .collect();
    codes.join(" ")
}

fn errors(text: &str) -> Vec<ConfigError> {
    resolve(text, &Overrides::default()).expect_err(text)
}

/// The errors as `line:column marked text: message (help)`, one a line.
fn told(text: &str) -> String {
    let mut told = String::new();
    for error in errors(text) {
        let place = error.place.expect("it stands in the file");
        let marked = text.get(place.bytes).unwrap_or("…");
        let help = error.help.as_deref().unwrap_or("-");
        let (line, column) = (place.line, place.column);
        writeln!(told, "{line}:{column} {marked}: {} ({help})", error.message)
            .expect("a String takes all");
    }
    told
}

fn shown(errors: &[ConfigError]) -> String {
    errors.iter().map(|error| error.render(false)).collect()
}

fn given() -> Option<String> {
    GIVEN.with_borrow_mut(|given| {
        let last = given.iter().rev().find(|json| *json != "{}").cloned();
        given.clear();
        last
    })
}

fn code(code: &str) -> &'static Rule {
    selector::find(code, rules()).expect("it is on the list")
}
