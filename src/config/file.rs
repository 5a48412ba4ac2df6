//! The project file `tenantlint.toml`: its keys and the shape of their values, with spans.
//!
//! Which rules exist is not known here: words are kept as they were written and judged by [`super::Policy`]. Only text
//! that is no TOML is refused at once; everything else that is wrong is kept, so that one run names all of it.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::nearest::{did_you_mean, one_of};
use super::selector::nothing_selected;
use super::text::{Text, quoted};
use super::{ConfigError, FailOn, Profile};
use crate::finding::Severity;

/// Every key of the file.
pub(super) const KEYS: [&str; 8] = [
    "profile",
    "fail-on",
    "select",
    "ignore",
    "severity",
    "rules",
    "exceptions",
    "exceptions-warn-days",
];

/// Words by which people try to switch a rule off.
const OFF: [&str; 6] = ["off", "none", "never", "ignore", "disabled", "false"];

/// The project file, read but not yet judged against the rules.
#[derive(Clone, Debug)]
pub struct ProjectFile {
    pub(super) text: Text,
    pub(super) profile: Option<Profile>,
    pub(super) fail_on: Option<FailOn>,
    pub(super) select: Option<List>,
    pub(super) ignore: Option<List>,
    /// By rule as written; `None` where the severity itself is wrong.
    pub(super) severity: Vec<(At<String>, Option<Severity>)>,
    /// By rule as written.
    pub(super) rules: Vec<(At<String>, Options)>,
    /// Accepted findings, in order, each with the bytes of its heading.
    pub(super) exceptions: Vec<At<Options>>,
    /// So many days before its end an exception is told of.
    pub(super) warn_days: Option<i64>,
    /// What is wrong with keys and shapes.
    pub(super) errors: Vec<ConfigError>,
}

/// A part of the file and its bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct At<T> {
    pub(super) value: T,
    pub(super) bytes: Range<usize>,
}

/// A list of words, and its own bytes.
pub(super) type List = At<Vec<At<String>>>;

/// The options of one rule: name and value.
pub(super) type Options = Vec<(At<String>, At<serde_json::Value>)>;

impl ProjectFile {
    /// Reads the text of a project file; the path is for messages only.
    ///
    /// Unknown keys, values of the wrong type and words that mean nothing are not refused here: they are reported by
    /// [`super::Policy::resolve`] together with everything that is wrong about rules.
    ///
    /// # Errors
    /// Where the text is not TOML: every place that the parser can tell, in its order.
    pub fn parse(path: &str, text: &str) -> Result<Self, Vec<ConfigError>> {
        let (table, errors) = DeTable::parse_recoverable(text);
        let mut file = Self {
            text: Text::new(path, text),
            profile: None,
            fail_on: None,
            select: None,
            ignore: None,
            severity: Vec::new(),
            rules: Vec::new(),
            exceptions: Vec::new(),
            warn_days: None,
            errors: Vec::new(),
        };
        if !errors.is_empty() {
            return Err(syntax_errors(&file.text, &errors));
        }
        for (key, value) in in_order(table.get_ref()) {
            file.read_key(&key, value);
        }
        Ok(file)
    }

    fn read_key(&mut self, key: &At<String>, value: &Spanned<DeValue<'_>>) {
        match key.value.as_str() {
            "profile" => {
                let names = Profile::ALL.map(Profile::name);
                self.profile = self.word(&key.value, value, &names, Profile::from_name);
            }
            "fail-on" => {
                let names = FailOn::ALL.map(FailOn::name);
                self.fail_on = self.word(&key.value, value, &names, FailOn::from_name);
            }
            "select" => self.select = self.list(&key.value, value),
            "ignore" => self.ignore = self.list(&key.value, value),
            "severity" => self.read_severities(value),
            "rules" => self.read_rules(value),
            "exceptions" => self.read_exceptions(value),
            "exceptions-warn-days" => match json(value) {
                Ok(days) if days.as_i64().is_some_and(|days| days >= 0) => {
                    self.warn_days = days.as_i64();
                }
                Ok(days) if days.is_number() => self.wrong(
                    "`exceptions-warn-days` must be a whole number of days from 0 on",
                    "write `exceptions-warn-days = 30`",
                    value.span(),
                ),
                _ => self.wrong_type(
                    "exceptions-warn-days",
                    "a number of days from 0 on",
                    value,
                    "write `exceptions-warn-days = 30`",
                ),
            },
            unknown => {
                let help = did_you_mean(unknown, KEYS, format!("the keys are {}", one_of(&KEYS)));
                self.wrong(
                    format!("unknown key {}", quoted(unknown)),
                    help,
                    key.bytes.clone(),
                );
            }
        }
    }

    fn read_severities(&mut self, value: &Spanned<DeValue<'_>>) {
        let DeValue::Table(table) = value.get_ref() else {
            let help =
                "write a table `[severity]` with lines such as `stale-pstn-usage = \"warning\"`";
            return self.wrong_type("severity", "a table", value, help);
        };
        for (rule, value) in in_order(table) {
            let severity = match value.get_ref() {
                DeValue::String(word) if OFF.contains(&word.to_lowercase().as_str()) => {
                    self.no_severity(word, &rule, value.span());
                    None
                }
                DeValue::Boolean(false) => {
                    self.no_severity("false", &rule, value.span());
                    None
                }
                DeValue::String(_) => {
                    let names = Severity::ALL.map(Severity::name);
                    self.word("severity", value, &names, Severity::from_name)
                }
                _ => {
                    let help = format!("write {}", one_of(&Severity::ALL.map(Severity::name)));
                    self.wrong_type(&rule.value, "a string", value, &help);
                    None
                }
            };
            self.severity.push((rule, severity));
        }
    }

    fn read_rules(&mut self, value: &Spanned<DeValue<'_>>) {
        const HELP: &str = "options stand in a table for each rule: `[rules.stale-pstn-usage]`";
        let DeValue::Table(table) = value.get_ref() else {
            return self.wrong_type("rules", "a table", value, HELP);
        };
        for (rule, value) in in_order(table) {
            let DeValue::Table(table) = value.get_ref() else {
                // An array of tables has the span of its heading only, which is what should be marked.
                self.wrong_type(&format!("rules.{}", rule.value), "a table", value, HELP);
                continue;
            };
            let options = self.entries(table);
            self.rules.push((rule, options));
        }
    }

    fn read_exceptions(&mut self, value: &Spanned<DeValue<'_>>) {
        const HELP: &str = "each exception is a table of its own: `[[exceptions]]`";
        let DeValue::Array(array) = value.get_ref() else {
            return self.wrong_type("exceptions", "a list of tables", value, HELP);
        };
        for item in array {
            let DeValue::Table(table) = item.get_ref() else {
                self.wrong_type("exceptions", "a list of tables", item, HELP);
                continue;
            };
            let value = self.entries(table);
            // A heading says nothing of where its table ends.
            let first = value.iter().map(|(key, _)| key.bytes.start).min();
            let last = value.iter().map(|(_, value)| value.bytes.end).max();
            let bytes = match (first, last) {
                (Some(first), Some(last)) => first..last,
                _ => item.span(),
            };
            self.exceptions.push(At { value, bytes });
        }
    }

    /// The entries of a table as names and JSON values.
    fn entries(&mut self, table: &DeTable<'_>) -> Options {
        let mut entries = Options::new();
        for (name, value) in in_order(table) {
            match json(value) {
                Ok(json) => entries.push((
                    name,
                    At {
                        value: json,
                        bytes: value.span(),
                    },
                )),
                Err((message, bytes)) => {
                    self.errors
                        .push(ConfigError::new(message).at(&self.text, bytes));
                }
            }
        }
        entries
    }

    /// A value that must be one of a few words.
    fn word<T>(
        &mut self,
        key: &str,
        value: &Spanned<DeValue<'_>>,
        names: &[&str],
        from_name: fn(&str) -> Option<T>,
    ) -> Option<T> {
        let choice = format!("write {}", one_of(names));
        let DeValue::String(word) = value.get_ref() else {
            self.wrong_type(key, "a string", value, &choice);
            return None;
        };
        let known = from_name(word);
        if known.is_none() {
            let message = format!("{} is not a value of `{key}`", quoted(word));
            let help = did_you_mean(word, names.iter().copied(), choice);
            self.wrong(message, help, value.span());
        }
        known
    }

    /// A value that must be a list of words; what is no word in it is left out.
    fn list(&mut self, key: &str, value: &Spanned<DeValue<'_>>) -> Option<List> {
        let DeValue::Array(array) = value.get_ref() else {
            let word = value.get_ref().as_str().unwrap_or("OC001");
            self.wrong_type(
                key,
                "a list",
                value,
                &format!("write `{key} = [\"{word}\"]`"),
            );
            return None;
        };
        let mut words = Vec::new();
        if key == "select" && array.is_empty() {
            self.errors
                .push(nothing_selected(key).at(&self.text, value.span()));
        }
        for item in array {
            if let DeValue::String(word) = item.get_ref() {
                words.push(At {
                    value: word.to_string(),
                    bytes: item.span(),
                });
            } else {
                let message = format!("`{key}` must list strings, not {}", kind(item.get_ref()));
                let help = "rules and groups are named by strings, such as `\"OC001\"`";
                self.wrong(message, help, item.span());
            }
        }
        Some(At {
            value: words,
            bytes: value.span(),
        })
    }

    fn no_severity(&mut self, word: &str, rule: &At<String>, bytes: Range<usize>) {
        let help = format!(
            "to switch the rule off, name it in `ignore`: `ignore = [\"{}\"]`",
            rule.value
        );
        self.wrong(format!("{} is not a severity", quoted(word)), help, bytes);
    }

    fn wrong_type(&mut self, key: &str, expected: &str, value: &Spanned<DeValue<'_>>, help: &str) {
        let message = format!(
            "{} must be {expected}, not {}",
            quoted(key),
            kind(value.get_ref())
        );
        self.wrong(message, help, value.span());
    }

    fn wrong(&mut self, message: impl AsRef<str>, help: impl AsRef<str>, bytes: Range<usize>) {
        self.errors
            .push(ConfigError::new(message).help(help).at(&self.text, bytes));
    }
}

/// What the parser refused: of several complaints about one line the first, for the others follow from it.
fn syntax_errors(text: &Text, errors: &[toml::de::Error]) -> Vec<ConfigError> {
    let mut found: Vec<ConfigError> = errors
        .iter()
        .map(|error| {
            let bytes = error.span().unwrap_or(0..0);
            let message = format!("not valid TOML: {}", error.message());
            let complaint = ConfigError::new(message).at(text, bytes.clone());
            match text.bare_value(bytes) {
                Some(word) => complaint.help(format!("strings stand in quotes: `\"{word}\"`")),
                None => complaint,
            }
        })
        .collect();
    found.sort_by_key(|error| error.place.as_ref().map(|place| place.bytes.start));
    found.dedup_by_key(|error| error.place.as_ref().map(|place| place.line));
    found
}

/// The entries of a table in the order of the file.
fn in_order<'t, 'i>(table: &'t DeTable<'i>) -> Vec<(At<String>, &'t Spanned<DeValue<'i>>)> {
    let mut entries: Vec<_> = table
        .iter()
        .map(|(key, value)| {
            let key = At {
                value: key.get_ref().to_string(),
                bytes: key.span(),
            };
            (key, value)
        })
        .collect();
    entries.sort_by_key(|(key, _)| key.bytes.start);
    entries
}

/// The type of a value with its article.
fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "an integer",
        DeValue::Float(_) => "a float",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// A value as JSON, in which options reach a rule; dates become text.
fn json(value: &Spanned<DeValue<'_>>) -> Result<serde_json::Value, (String, Range<usize>)> {
    use serde_json::{Number, Value};
    let refused = |message: String| (message, value.span());
    Ok(match value.get_ref() {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Integer(digits) => {
            let signed = i64::from_str_radix(digits.as_str(), digits.radix()).map(Number::from);
            let number = signed.or_else(|_| {
                u64::from_str_radix(digits.as_str(), digits.radix()).map(Number::from)
            });
            Value::Number(number.map_err(|_| {
                refused(format!(
                    "{} does not fit into 64 bits",
                    quoted(digits.as_str())
                ))
            })?)
        }
        DeValue::Float(digits) => {
            let number = digits.as_str().parse().ok().and_then(Number::from_f64);
            let message = || {
                format!(
                    "{} is not a number that an option can have",
                    quoted(digits.as_str())
                )
            };
            Value::Number(number.ok_or_else(|| refused(message()))?)
        }
        DeValue::Boolean(truth) => Value::Bool(*truth),
        DeValue::Datetime(date) => Value::String(date.to_string()),
        DeValue::Array(items) => Value::Array(items.iter().map(json).collect::<Result<_, _>>()?),
        DeValue::Table(table) => Value::Object(
            table
                .iter()
                .map(|(key, value)| Ok((key.get_ref().to_string(), json(value)?)))
                .collect::<Result<_, (String, Range<usize>)>>()?,
        ),
    })
}
