//! The tables that name one rule each: `[severity]` lines and `[rules.…]` options.
//!
//! Options are judged one by one, so that an error points at the option and not at its table.

use serde_json::{Map, Value};

use super::ConfigError;
use super::file::{At, KEYS, Options};
use super::nearest::{did_you_mean, one_of};
use super::selector::{Selector, find, nearest_rule};
use super::text::{Text, quoted};
use crate::rules::{OptionValues, OptionsSpec, Rule};

/// The rules that one section has named so far.
pub(super) struct Section<'f> {
    text: &'f Text,
    name: &'static str,
    seen: Vec<(&'static str, &'f At<String>)>,
}

impl<'f> Section<'f> {
    pub(super) fn new(text: &'f Text, name: &'static str) -> Self {
        Self {
            text,
            name,
            seen: Vec::new(),
        }
    }

    /// The rule that a key of the section names: one that exists, and that the section has not named before.
    pub(super) fn rule(
        &mut self,
        key: &'f At<String>,
        rules: &'static [Rule],
    ) -> Result<&'static Rule, ConfigError> {
        let Some(rule) = find(&key.value, rules) else {
            return Err(self.no_rule(key, rules).at(self.text, key.bytes.clone()));
        };
        if let Some((_, first)) = self.seen.iter().find(|(code, _)| *code == rule.page.code) {
            let message = format!(
                "rule `{}` occurs twice in `[{}]`",
                rule.page.name, self.name
            );
            let help = format!(
                "{} on line {} is the same rule; keep one of the two",
                quoted(&first.value),
                self.text.line(first.bytes.start)
            );
            return Err(ConfigError::new(message)
                .help(help)
                .at(self.text, key.bytes.clone()));
        }
        self.seen.push((rule.page.code, key));
        Ok(rule)
    }

    fn no_rule(&self, key: &At<String>, rules: &'static [Rule]) -> ConfigError {
        let word = quoted(&key.value);
        if Selector::parse(&key.value, rules).is_some() {
            return ConfigError::new(format!(
                "{word} is a group, and `[{}]` names single rules",
                self.name
            ))
            .help("name each rule of the group by its name or code");
        }
        let error = ConfigError::new(format!("unknown rule {word} in `[{}]`", self.name));
        error.help(misplaced(&key.value).unwrap_or_else(|| nearest_rule(&key.value, rules)))
    }
}

/// What the options of a rule's table come to.
pub(super) fn judge(
    text: &Text,
    key: &At<String>,
    rule: &Rule,
    options: &Options,
) -> Result<OptionValues, Vec<ConfigError>> {
    let name = rule.page.name;
    let Some(spec) = rule.options else {
        let error = ConfigError::new(format!("rule `{name}` has no options"));
        let help = "a severity goes to `[severity]`; to switch a rule off, name it in `ignore`";
        return Err(vec![error.help(help).at(text, key.bytes.clone())]);
    };
    let mut errors = Vec::new();
    let mut known = Vec::new();
    for (option, value) in options {
        if spec.names.contains(&option.value.as_str()) {
            known.push((option, value));
        } else {
            errors.push(unknown_option(text, rule, spec, option, &value.value));
        }
    }
    let whole = known
        .iter()
        .map(|(option, value)| (option.value.clone(), value.value.clone()))
        .collect();
    match (spec.parse)(Value::Object(whole)) {
        Ok(values) if errors.is_empty() => return Ok(values),
        Ok(_) => {}
        Err(message) => {
            let before = errors.len();
            for (option, value) in known {
                let alone = |value: Value| {
                    (spec.parse)(Value::Object(Map::from_iter([(
                        option.value.clone(),
                        value,
                    )])))
                };
                let Err(message) = alone(value.value.clone()) else {
                    continue;
                };
                let message = format!("option `{}` of `{name}`: {}", option.value, plain(&message));
                let mut error = ConfigError::new(message).at(text, value.bytes.clone());
                let listed = Value::Array(vec![value.value.clone()]);
                if alone(listed.clone()).is_ok() {
                    error = error.help(format!("write `{} = {listed}`", option.value));
                }
                errors.push(error);
            }
            if errors.len() == before {
                // Each option is fine, but not all of them together.
                let message = format!("options of `{name}`: {}", plain(&message));
                errors.push(ConfigError::new(message).at(text, key.bytes.clone()));
            }
        }
    }
    Err(errors)
}

fn unknown_option(
    text: &Text,
    rule: &Rule,
    spec: OptionsSpec,
    option: &At<String>,
    value: &Value,
) -> ConfigError {
    let message = format!(
        "unknown option {} of rule `{}`",
        quoted(&option.value),
        rule.page.name
    );
    let otherwise = format!("its options are {}", one_of(spec.names));
    let help = match value.as_str() {
        Some(severity) if option.value == "severity" => format!(
            "write `{} = {}` below the line `[severity]`",
            rule.page.code,
            Value::from(severity)
        ),
        _ => misplaced(&option.value)
            .unwrap_or_else(|| did_you_mean(&option.value, spec.names.iter().copied(), otherwise)),
    };
    ConfigError::new(message)
        .help(help)
        .at(text, option.bytes.clone())
}

/// Advice for a key of the file that slipped under a table heading: TOML takes it for a key of that table.
pub(super) fn misplaced(key: &str) -> Option<String> {
    let own = match key {
        "severity" => {
            "severities stand in a table of their own: `[severity]`, and below it lines such as `OC001 = \"info\"`"
        }
        "rules" => "options stand in a table for each rule: `[rules.stale-pstn-usage]`",
        "exceptions" => "each exception is a table of its own: `[[exceptions]]`",
        _ => {
            return KEYS
                .contains(&key)
                .then(|| format!("`{key}` must stand above the first line in square brackets"));
        }
    };
    Some(own.to_owned())
}

/// serde's message in the words of the project file.
fn plain(message: &str) -> String {
    let mut message = message
        .replace("a sequence", "a list")
        .replace("a map", "a table");
    for unsigned in ["expected u32", "expected u64", "expected usize"] {
        message = message.replace(unsigned, "expected a whole number from 0");
    }
    message.truncate(message.trim_end_matches('.').len());
    message
}
