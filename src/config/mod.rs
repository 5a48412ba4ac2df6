//! What the user wants: the project file `tenantlint.toml` and what it means for the rules.
//!
//! [`ProjectFile`] reads the file with spans; [`Policy`] is its meaning for one list of rules, with the command line's
//! [`Overrides`] on top. Whatever is wrong is a [`ConfigError`] that points into the file, and all of them are reported
//! at once. The file is read from the disk elsewhere; nothing is printed here.

mod error;
mod exceptions;
mod file;
mod nearest;
mod options;
mod selector;
#[cfg(test)]
mod tests;
mod text;

use std::collections::BTreeMap;

use crate::finding::{Confidence, Severity};
use crate::rules::{OptionValues, Rule};

pub use error::{ConfigError, ConfigPlace};
pub use exceptions::Exception;
pub(crate) use exceptions::folded;
pub use file::ProjectFile;
pub(crate) use nearest::{did_you_mean, one_of};

use options::Section;
use selector::Selectors;

/// Which confidence a rule needs to run.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Profile {
    /// High and medium.
    #[default]
    Default,
    /// Low too.
    Strict,
}

impl Profile {
    /// All profiles.
    pub const ALL: [Self; 2] = [Self::Default, Self::Strict];

    /// The word used in the project file and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Strict => "strict",
        }
    }

    /// The profile of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.name() == name)
    }

    /// Whether rules of this confidence run.
    pub fn includes(self, confidence: Confidence) -> bool {
        match self {
            Self::Default => confidence > Confidence::Low,
            Self::Strict => true,
        }
    }
}

/// From which severity on findings make a run fail.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FailOn {
    /// From this one on.
    Severity(Severity),
    /// Whatever is found, the run succeeds.
    Never,
}

impl Default for FailOn {
    fn default() -> Self {
        Self::Severity(Severity::Error)
    }
}

impl FailOn {
    /// All of them, in the order in which help texts list them.
    pub const ALL: [Self; 4] = [
        Self::Severity(Severity::Error),
        Self::Severity(Severity::Warning),
        Self::Severity(Severity::Info),
        Self::Never,
    ];

    /// The word used in the project file and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Severity(severity) => severity.name(),
            Self::Never => "never",
        }
    }

    /// The one of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fail_on| fail_on.name() == name)
    }

    /// Whether a finding of this severity makes the run fail.
    pub fn reached_by(self, severity: Severity) -> bool {
        match self {
            Self::Severity(least) => severity >= least,
            Self::Never => false,
        }
    }
}

/// What was typed on the command line.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Overrides {
    /// Replaces the file's.
    pub profile: Option<Profile>,
    /// Replaces the file's.
    pub fail_on: Option<FailOn>,
    /// Replaces the file's.
    pub select: Option<Vec<String>>,
    /// Adds to the file's.
    pub ignore: Vec<String>,
}

/// So many days before its end an exception is told of, unless the project file says another number.
const WARN_DAYS: i64 = 30;

/// What file and command line mean for each rule.
#[derive(Clone, Debug)]
pub struct Policy {
    /// From which severity on findings make the run fail.
    pub fail_on: FailOn,
    /// Which confidence a rule needs that is not named itself.
    pub profile: Profile,
    /// Whether a weaker rule is silent about what a stronger one says; without it every rule speaks for itself.
    pub supersedes: bool,
    /// Accepted findings, in order of the file.
    pub exceptions: Vec<Exception>,
    /// So many days before its end an exception is told of.
    pub warn_days: i64,
    /// The project file, for diagnostics that point into it: its path and its text.
    pub file: Option<(String, String)>,
    /// Whether to name the subjects that rules could not judge, which only comparing one run with another asks for.
    pub names_undecided: bool,
    /// By code of the rule.
    settings: BTreeMap<&'static str, Setting>,
}

#[derive(Clone, Debug)]
struct Setting {
    on: bool,
    severity: Option<Severity>,
    options: Option<OptionValues>,
}

impl Policy {
    /// What a file and a command line mean for these rules.
    ///
    /// # Errors
    /// Everything that is wrong with either, in the order of the file, the command line last.
    pub fn resolve(
        file: Option<&ProjectFile>,
        overrides: &Overrides,
        rules: &'static [Rule],
    ) -> Result<Self, Vec<ConfigError>> {
        let mut errors = file.map_or_else(Vec::new, |file| file.errors.clone());
        let selectors = Selectors::resolve(file, overrides, rules, &mut errors);
        let mut severities = BTreeMap::new();
        let mut options = BTreeMap::new();
        if let Some(file) = file {
            let mut section = Section::new(&file.text, "severity");
            for (key, severity) in &file.severity {
                match section.rule(key, rules) {
                    Ok(rule) => {
                        severities.extend(severity.map(|severity| (rule.page.code, severity)));
                    }
                    Err(error) => errors.push(error),
                }
            }
            let mut section = Section::new(&file.text, "rules");
            for (key, values) in &file.rules {
                let judged = section
                    .rule(key, rules)
                    .map_err(|error| vec![error])
                    .and_then(|rule| {
                        Ok((
                            rule.page.code,
                            options::judge(&file.text, key, rule, values)?,
                        ))
                    });
                match judged {
                    Ok((code, values)) => {
                        options.insert(code, values);
                    }
                    Err(found) => errors.extend(found),
                }
            }
        }
        let mut excepted = Vec::new();
        if let Some(file) = file {
            for entries in &file.exceptions {
                match exceptions::judge(&file.text, entries, rules) {
                    Ok(exception) => excepted.push(exception),
                    Err(found) => errors.extend(found),
                }
            }
        }
        if !errors.is_empty() {
            errors.sort_by_key(|error| {
                error
                    .place
                    .as_ref()
                    .map_or(usize::MAX, |place| place.bytes.start)
            });
            return Err(errors);
        }

        let profile = overrides
            .profile
            .or_else(|| file?.profile)
            .unwrap_or_default();
        let fail_on = overrides
            .fail_on
            .or_else(|| file?.fail_on)
            .unwrap_or_default();
        let settings = rules
            .iter()
            .map(|rule| {
                let setting = Setting {
                    on: selectors.select(rule, profile),
                    severity: severities.get(rule.page.code).copied(),
                    options: options
                        .remove(rule.page.code)
                        .or_else(|| Some(rule.options?.defaults())),
                };
                (rule.page.code, setting)
            })
            .collect();
        Ok(Self {
            names_undecided: true,
            supersedes: true,
            fail_on,
            profile,
            exceptions: excepted,
            warn_days: file.and_then(|file| file.warn_days).unwrap_or(WARN_DAYS),
            file: file.map(|file| file.text.whole()),
            settings,
        })
    }

    /// Whether the rule runs.
    pub fn is_on(&self, rule: &Rule) -> bool {
        self.settings
            .get(rule.page.code)
            .is_some_and(|setting| setting.on)
    }

    /// The severity of a finding to which the rule gives this grade: one from the file replaces all grades.
    pub fn severity(&self, rule: &Rule, grade: Severity) -> Severity {
        self.settings
            .get(rule.page.code)
            .and_then(|setting| setting.severity)
            .unwrap_or(grade)
    }

    /// The rule's options, from the file or their defaults; `None` for a rule without options.
    pub fn options(&self, rule: &Rule) -> Option<&OptionValues> {
        self.settings.get(rule.page.code)?.options.as_ref()
    }
}
