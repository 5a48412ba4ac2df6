//! What a word in `select` or `ignore` means: a rule, a group of rules, or all of them.

use super::file::List;
use super::nearest::did_you_mean;
use super::text::quoted;
use super::{ConfigError, Overrides, Profile, ProjectFile};
use crate::rules::{Check, Rule};

/// The word for every rule.
const ALL: &str = "ALL";

/// Advice where no rule is near to what was typed.
const LIST: &str = "`tenantlint rules` lists all rules";

/// The status of a page whose rule never runs again; a project may go on naming it.
const RETIRED: &str = "retired";

/// What `select` and `ignore` of file and command line came to.
pub(super) struct Selectors {
    select: Vec<Selector>,
    ignore: Vec<Selector>,
    /// Whether rules over plans are among those that are selected.
    chooses_of_plans: bool,
}

/// A rule or a group of rules.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Selector {
    /// Every rule.
    All,
    /// The rule of that code.
    Rule(&'static str),
    /// The rules whose code begins with these letters.
    Prefix(&'static str),
    /// The rules of a category folder.
    Category(&'static str),
}

impl Selectors {
    /// The meaning of every word; what has none is added to the errors, also where the command line replaces it.
    pub(super) fn resolve(
        file: Option<&ProjectFile>,
        overrides: &Overrides,
        rules: &'static [Rule],
        errors: &mut Vec<ConfigError>,
    ) -> Self {
        let mut of_file =
            |key: &str, list: fn(&ProjectFile) -> Option<&List>| -> Option<Vec<Selector>> {
                let file = file?;
                let mut selectors = Vec::new();
                for word in &list(file)?.value {
                    match understood(&word.value, key, rules) {
                        Ok(selector) => selectors.push(selector),
                        Err(error) => errors.push(error.at(&file.text, word.bytes.clone())),
                    }
                }
                Some(selectors)
            };
        let select = of_file("select", |file| file.select.as_ref());
        let ignore = of_file("ignore", |file| file.ignore.as_ref());
        let mut of_command_line = |words: &[String], key: &str| -> Vec<Selector> {
            let mut selectors = Vec::new();
            for word in words {
                match understood(word, key, rules) {
                    Ok(selector) => selectors.push(selector),
                    Err(error) => errors.push(error),
                }
            }
            selectors
        };
        let replaced = overrides
            .select
            .as_ref()
            .map(|words| of_command_line(words, "--select"));
        let mut ignore = ignore.unwrap_or_default();
        ignore.extend(of_command_line(&overrides.ignore, "--ignore"));
        if overrides.select.as_ref().is_some_and(Vec::is_empty) {
            errors.push(nothing_selected("--select"));
        }
        let select = replaced.or(select).unwrap_or_else(|| vec![Selector::All]);
        let mut of_plans = rules.iter().filter(|rule| is_over_plans(rule));
        Self {
            chooses_of_plans: of_plans
                .any(|rule| select.iter().any(|selector| selector.includes(rule))),
            select,
            ignore,
        }
    }

    /// Whether the rule runs: a rule that is named itself whatever the profile, and never one that is ignored. Who chooses
    /// among the rules over tenants alone says nothing of those over plans: the project file is shared by all commands.
    pub(super) fn select(&self, rule: &Rule, profile: Profile) -> bool {
        let within = profile.includes(rule.page.confidence);
        let chosen =
            |selector: &Selector| selector.names(rule) || (within && selector.includes(rule));
        let left_on = within && !self.chooses_of_plans && is_over_plans(rule);
        rule.page.status != RETIRED
            && (left_on || self.select.iter().any(chosen))
            && !self.ignore.iter().any(|selector| selector.includes(rule))
    }
}

impl Selector {
    /// What the word means for these rules, in any case.
    pub(super) fn parse(word: &str, rules: &'static [Rule]) -> Option<Self> {
        if word.eq_ignore_ascii_case(ALL) {
            return Some(Self::All);
        }
        if let Some(rule) = find(word, rules) {
            return Some(Self::Rule(rule.page.code));
        }
        rules.iter().find_map(|rule| {
            let prefix = letters(rule.page.code);
            if word.eq_ignore_ascii_case(prefix) {
                Some(Self::Prefix(prefix))
            } else if word.eq_ignore_ascii_case(rule.page.category) {
                Some(Self::Category(rule.page.category))
            } else {
                None
            }
        })
    }

    /// Whether the rule is meant, by itself or within a group.
    pub(super) fn includes(self, rule: &Rule) -> bool {
        match self {
            Self::All => true,
            Self::Rule(code) => rule.page.code == code,
            Self::Prefix(prefix) => letters(rule.page.code) == prefix,
            Self::Category(category) => rule.page.category == category,
        }
    }

    /// Whether this very rule is named.
    pub(super) fn names(self, rule: &Rule) -> bool {
        self == Self::Rule(rule.page.code)
    }
}

fn is_over_plans(rule: &Rule) -> bool {
    matches!(rule.check, Check::Plan)
}

/// The error of an empty `select`: a run that checks nothing and succeeds is no audit.
pub(super) fn nothing_selected(key: &str) -> ConfigError {
    ConfigError::new(format!("`{key}` is empty, so no rule would run"))
        .help("leave it out to run every rule of the profile")
}

/// The rule of that name or code, in any case.
pub(super) fn find(word: &str, rules: &'static [Rule]) -> Option<&'static Rule> {
    rules.iter().find(|rule| {
        rule.page.name.eq_ignore_ascii_case(word) || rule.page.code.eq_ignore_ascii_case(word)
    })
}

/// Advice for a word that names no rule.
pub(super) fn nearest_rule(word: &str, rules: &'static [Rule]) -> String {
    did_you_mean(word, names(rules), LIST)
}

fn understood(word: &str, key: &str, rules: &'static [Rule]) -> Result<Selector, ConfigError> {
    let word = word.trim();
    Selector::parse(word, rules).ok_or_else(|| {
        let message = format!("unknown rule or group {} in `{key}`", quoted(word));
        ConfigError::new(message).help(nearest_selector(word, rules))
    })
}

/// Advice for a word that names neither a rule nor a group.
fn nearest_selector(word: &str, rules: &'static [Rule]) -> String {
    let groups = rules
        .iter()
        .flat_map(|rule| [letters(rule.page.code), rule.page.category]);
    did_you_mean(
        word,
        [ALL].into_iter().chain(groups).chain(names(rules)),
        LIST,
    )
}

/// Names and codes of the rules that can still run.
fn names(rules: &'static [Rule]) -> impl Iterator<Item = &'static str> {
    rules
        .iter()
        .filter(|rule| rule.page.status != RETIRED)
        .flat_map(|rule| [rule.page.name, rule.page.code])
}

/// The letters that a code begins with: those of its group.
fn letters(code: &'static str) -> &'static str {
    code.trim_end_matches(|character: char| character.is_ascii_digit())
}
