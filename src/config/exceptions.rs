//! Accepted findings: `[[exceptions]]` of the project file.
//!
//! An exception names one rule and one thing, says why, and may end on a day. What it hides, and whether it hides
//! anything at all, is found out where findings are settled.

use std::ops::Range;

use regex::{Regex, RegexBuilder};
use serde_json::Value;

use super::ConfigError;
use super::file::{At, Options};
use super::nearest::{did_you_mean, one_of};
use super::options::misplaced;
use super::selector::{Selector, find, nearest_rule};
use super::text::{Text, quoted};
use crate::finding::{Fingerprint, Subject, SubjectKind};
use crate::rules::Rule;
use crate::snapshot::{Moment, PhoneNumber, strip_prefix_ignore_case};

/// So many findings an exception may hide, unless it says another number.
const MAX_MATCHES: u64 = 50;

/// Milliseconds of a day.
const DAY: i64 = 24 * 60 * 60 * 1000;

/// Every key of an exception.
const KEYS: [&str; 11] = [
    "rule",
    "subject",
    "user",
    "number",
    "operator",
    "fingerprint",
    "tenant",
    "reason",
    "owner",
    "expires",
    "max-matches",
];

/// The keys that say what is accepted; one of them stands in every exception.
const TARGETS: [&str; 5] = ["subject", "user", "number", "operator", "fingerprint"];

/// An accepted finding, or several of one rule.
#[derive(Clone, Debug)]
pub struct Exception {
    /// Code of the rule.
    pub code: &'static str,
    /// What it is about, as written.
    pub target: String,
    /// Why it is accepted.
    pub reason: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The last day on which it holds, as written.
    pub expires: Option<String>,
    /// It hides nothing at all when it would hide more findings than this.
    pub max_matches: u64,
    /// Its bytes in the project file.
    pub bytes: Range<usize>,
    /// The first moment at which it no longer holds.
    end: Option<Moment>,
    tenant: Option<Pattern>,
    matches: Target,
}

/// What an exception is about.
#[derive(Clone, Debug)]
enum Target {
    /// A subject of one of these kinds, of any kind where there are none.
    Subject(&'static [SubjectKind], Pattern),
    /// One finding.
    Fingerprint(String),
}

/// A text in which `*` and `?` stand for others, compared without case.
#[derive(Clone, Debug)]
struct Pattern {
    expression: Regex,
    /// The one text that it is, folded, where it has nothing that stands for others.
    exact: Option<String>,
}

impl Exception {
    /// Whether the exception is about such a finding of that tenant (its id and its name), whenever that is.
    pub fn is_about(
        &self,
        code: &str,
        subject: &Subject,
        fingerprint: Fingerprint,
        tenant: [Option<&str>; 2],
    ) -> bool {
        if self.code != code || !self.is_of(tenant) {
            return false;
        }
        match &self.matches {
            Target::Fingerprint(own) => *own == fingerprint.to_string(),
            Target::Subject(kinds, pattern) => {
                (kinds.is_empty() || kinds.contains(&subject.kind))
                    && (pattern.matches(&subject.id) || pattern.matches(&subject.name))
            }
        }
    }

    /// Whether it holds for that tenant (its id and its name).
    pub fn is_of(&self, tenant: [Option<&str>; 2]) -> bool {
        self.tenant.as_ref().is_none_or(|pattern| {
            let mut names = tenant.into_iter().flatten();
            names.any(|name| pattern.matches(name))
        })
    }

    /// Whether it may be about a subject of that kind.
    pub fn speaks_of(&self, kind: SubjectKind) -> bool {
        match &self.matches {
            Target::Fingerprint(_) => true,
            Target::Subject(kinds, _) => kinds.is_empty() || kinds.contains(&kind),
        }
    }

    /// Whether a subject that has this name or id, in lower case, may be what it is about.
    pub fn may_be(&self, name: &str) -> bool {
        match &self.matches {
            Target::Fingerprint(_) => true,
            Target::Subject(_, pattern) => pattern.matches(name),
        }
    }

    /// Whether it no longer holds; without a moment nobody can tell, and it holds.
    pub fn is_over(&self, now: Option<Moment>) -> bool {
        matches!((self.end, now), (Some(end), Some(now)) if now >= end)
    }

    /// The one text that the fingerprint, the id or the name of a subject is, folded as names are compared, where the
    /// exception is about no other; `None` where it may be about several. It may still be about none of that text.
    pub fn exact(&self) -> Option<&str> {
        match &self.matches {
            Target::Fingerprint(own) => Some(own),
            Target::Subject(_, pattern) => pattern.exact.as_deref(),
        }
    }

    /// For how many days it holds from now on, where it has an end.
    pub fn days_left(&self, now: Option<Moment>) -> Option<i64> {
        let left = self.end?.ms() - now?.ms();
        Some(left.div_euclid(DAY))
    }

    /// `the exception for OC001 of '+33199001201'`.
    pub fn words(&self) -> String {
        format!("the exception for `{}` of `{}`", self.code, self.target)
    }
}

/// A text as exceptions are looked up: those that a pattern without `*` and `?` takes for the same are the same.
pub(crate) fn folded(text: &str) -> String {
    let fold = |character: char| match character {
        // The only letters beyond ASCII that are ones of ASCII in another case.
        '\u{17f}' => 's',
        '\u{212a}' => 'k',
        other => other.to_ascii_lowercase(),
    };
    text.chars().map(fold).collect()
}

impl Pattern {
    fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        // Letters beyond ASCII have cases that only the expression knows.
        let is_plain = text.is_ascii() && !text.contains(['*', '?']);
        let exact = is_plain.then(|| folded(text));
        let mut pattern = String::from("^");
        for character in text.chars() {
            match character {
                '*' => pattern.push_str(".*"),
                '?' => pattern.push('.'),
                other => pattern.push_str(&regex::escape(other.encode_utf8(&mut [0; 4]))),
            }
        }
        pattern.push('$');
        let built = RegexBuilder::new(&pattern)
            .case_insensitive(true)
            .dot_matches_new_line(true)
            .build();
        built.ok().map(|expression| Self { expression, exact })
    }

    fn matches(&self, text: &str) -> bool {
        self.expression.is_match(text)
    }
}

/// What the entries of one exception come to.
pub(super) fn judge(
    text: &Text,
    entries: &At<Options>,
    rules: &'static [Rule],
) -> Result<Exception, Vec<ConfigError>> {
    let mut errors = Vec::new();
    for (key, _) in &entries.value {
        if !KEYS.contains(&key.value.as_str()) {
            let choice = format!("the keys of an exception are {}", one_of(&KEYS));
            let help =
                misplaced(&key.value).unwrap_or_else(|| did_you_mean(&key.value, KEYS, choice));
            let message = format!("unknown key {} in `[[exceptions]]`", quoted(&key.value));
            errors.push(
                ConfigError::new(message)
                    .help(help)
                    .at(text, key.bytes.clone()),
            );
        }
    }
    let reader = Reader { text, entries };
    let mut keep = |found: Result<Option<At<String>>, ConfigError>| {
        found.unwrap_or_else(|error| {
            errors.push(error);
            None
        })
    };
    let rule = keep(reader.required("rule", "name the rule that is excepted: `rule = \"OC001\"`"));
    let reason = keep(reader.required(
        "reason",
        "say why it is accepted: whoever reads this next year has to know",
    ));
    let owner = keep(reader.word("owner"));
    let expires = keep(reader.word("expires"));
    let tenant = keep(reader.word("tenant"));
    let mut targets: Vec<(&str, At<String>)> = Vec::new();
    for key in TARGETS {
        targets.extend(keep(reader.word(key)).map(|value| (key, value)));
    }
    let max_matches = match reader.value("max-matches") {
        None => MAX_MATCHES,
        Some(value) => value
            .value
            .as_u64()
            .filter(|count| *count > 0)
            .unwrap_or_else(|| {
                let error = ConfigError::new("`max-matches` must be a number from 1 on");
                errors.push(error.at(text, value.bytes.clone()));
                MAX_MATCHES
            }),
    };
    let code = rule.as_ref().and_then(|rule| match code(rule, rules) {
        Ok(code) => Some(code),
        Err(error) => {
            errors.push(error.at(text, rule.bytes.clone()));
            None
        }
    });
    let end = expires.as_ref().and_then(|expires| {
        let end = end_of(&expires.value);
        if end.is_none() {
            let error = ConfigError::new(format!("{} is no day", quoted(&expires.value)));
            let error = error.help("write the last day on which it holds: `expires = 2027-03-31`");
            errors.push(error.at(text, expires.bytes.clone()));
        }
        end
    });
    let whole = entries.bytes.clone();
    if TARGETS.iter().all(|key| reader.value(key).is_none()) {
        let error = ConfigError::new("an exception has to name what it accepts");
        let help = format!("add one of {}", one_of(&TARGETS));
        errors.push(error.help(help).at(text, whole.clone()));
    }
    if let [_, (key, second), ..] = targets.as_slice() {
        let error = ConfigError::new(format!(
            "an exception names one thing, and `{key}` is a second"
        ));
        let error = error.help("write an exception for each of them");
        errors.push(error.at(text, second.bytes.clone()));
    }
    let target = targets.into_iter().next();
    if let Some(("fingerprint", value)) = &target
        && !is_fingerprint(&value.value)
    {
        let error = ConfigError::new(format!("{} is no fingerprint", quoted(&value.value)));
        let error = error.help("it is 32 hexadecimal digits, as reports print them");
        errors.push(error.at(text, value.bytes.clone()));
    }
    let matches = target
        .as_ref()
        .and_then(|(key, value)| matches(key, &value.value));
    match (code, reason, target, matches) {
        (Some(code), Some(reason), Some((_, target)), Some(matches)) if errors.is_empty() => {
            Ok(Exception {
                code,
                target: target.value,
                reason: reason.value,
                owner: owner.map(|owner| owner.value),
                expires: expires.map(|expires| expires.value),
                max_matches,
                bytes: whole,
                end,
                tenant: tenant.and_then(|tenant| Pattern::new(&tenant.value)),
                matches,
            })
        }
        _ => {
            if errors.is_empty() {
                errors.push(ConfigError::new("this exception cannot be followed").at(text, whole));
            }
            Err(errors)
        }
    }
}

fn code(rule: &At<String>, rules: &'static [Rule]) -> Result<&'static str, ConfigError> {
    if let Some(known) = find(&rule.value, rules) {
        return Ok(known.page.code);
    }
    let word = quoted(&rule.value);
    Err(if Selector::parse(&rule.value, rules).is_some() {
        ConfigError::new(format!(
            "{word} is a group, and an exception names one rule"
        ))
        .help("write an exception for each rule, or ignore the group")
    } else {
        ConfigError::new(format!("unknown rule {word} in `[[exceptions]]`"))
            .help(nearest_rule(&rule.value, rules))
    })
}

fn matches(key: &str, value: &str) -> Option<Target> {
    let kinds: &'static [SubjectKind] = match key {
        "fingerprint" => return Some(Target::Fingerprint(value.trim().to_lowercase())),
        "user" => &[SubjectKind::User, SubjectKind::ResourceAccount],
        "number" => &[SubjectKind::Number],
        "operator" => &[SubjectKind::Operator],
        _ => &[],
    };
    let pattern = match key {
        "number" => Pattern::new(&as_identified(value)),
        _ => Pattern::new(value),
    };
    pattern.map(|pattern| Target::Subject(kinds, pattern))
}

/// A number, or a pattern of numbers, as findings identify them, however exports and people spell it.
fn as_identified(number: &str) -> String {
    if let Some(number) = PhoneNumber::parse(number) {
        return number.to_string();
    }
    let number = number.trim();
    let number = strip_prefix_ignore_case(number, "tel:").unwrap_or(number);
    number.replace(PhoneNumber::is_separator, "")
}

fn is_fingerprint(text: &str) -> bool {
    let text = text.trim();
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The first moment after a day, in UTC; of a time, that time.
fn end_of(day: &str) -> Option<Moment> {
    let day = day.trim();
    if day.len() > "2027-03-31".len() {
        return Moment::parse(day);
    }
    let start = Moment::parse(&format!("{day}T00:00:00Z"))?;
    Moment::from_ms(start.ms().checked_add(DAY)?)
}

struct Reader<'f> {
    text: &'f Text,
    entries: &'f At<Options>,
}

impl<'f> Reader<'f> {
    fn value(&self, key: &str) -> Option<&'f At<Value>> {
        let mut entries = self.entries.value.iter();
        entries
            .find(|(name, _)| name.value == key)
            .map(|(_, value)| value)
    }

    /// A text that is not blank.
    fn word(&self, key: &str) -> Result<Option<At<String>>, ConfigError> {
        let Some(value) = self.value(key) else {
            return Ok(None);
        };
        match &value.value {
            Value::String(word) if !word.trim().is_empty() => Ok(Some(At {
                value: word.clone(),
                bytes: value.bytes.clone(),
            })),
            _ => {
                let error = ConfigError::new(format!("`{key}` must be a text that is not blank"));
                Err(error.at(self.text, value.bytes.clone()))
            }
        }
    }

    fn required(&self, key: &str, help: &str) -> Result<Option<At<String>>, ConfigError> {
        if let Some(word) = self.word(key)? {
            Ok(Some(word))
        } else {
            let error = ConfigError::new(format!("an exception without `{key}`"));
            Err(error.help(help).at(self.text, self.entries.bytes.clone()))
        }
    }
}
