//! The shared noun: a finding, what it is about, where it points and how it is recognised again.
//!
//! A rule writes a [`Draft`] with symbolic [`Place`]s; the audit resolves those once to [`Location`]s and makes the
//! [`Finding`]. Reporters see findings only. How a finding looks in any format is not decided here.

mod fingerprint;
mod hidden;
pub(crate) mod logging;
mod place;
pub mod powershell;
mod subject;
pub mod toml;

use std::borrow::Cow;

pub use fingerprint::Fingerprint;
pub(crate) use hidden::{has_dangerous, is_dangerous};
pub use place::{Label, Location, Place};
pub use subject::{Subject, SubjectKind};

/// How bad a finding is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// Hygiene, or a recommendation.
    Info,
    /// Works today, but breaks with the next change, or costs money.
    Warning,
    /// Calls fail or go astray, an emergency call is at risk, a required step is missing.
    Error,
}

impl Severity {
    /// All severities, strongest first.
    pub const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Info];

    /// The word used in every format and in configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// The severity of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|severity| severity.name() == name)
    }
}

/// How surely the data decide what a rule says.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Confidence {
    /// Practice only, or an approximation; in the `strict` profile only.
    Low,
    /// Stated by a vendor page, but a field may be blank, late or mean something else.
    Medium,
    /// Stated by a vendor page and decided by the fields.
    High,
}

impl Confidence {
    /// All confidences, highest first.
    pub const ALL: [Self; 3] = [Self::High, Self::Medium, Self::Low];

    /// The word used in every format.
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// The confidence of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|confidence| confidence.name() == name)
    }
}

/// What to do about a finding.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Remedy {
    /// One sentence without full stop.
    pub summary: Cow<'static, str>,
    /// PowerShell lines that can be pasted as they are, in order. A line that begins with `#` says what to do by hand.
    pub commands: Vec<String>,
}

/// What a rule found, before severities are settled and places resolved.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Draft {
    /// The grade that the rule gives.
    pub severity: Severity,
    /// What it is about.
    pub subject: Subject,
    /// Named role within the subject: `global`, a property, the other party's identity; empty for most.
    pub discriminator: String,
    /// One line, lower-case start, no full stop, values in backticks, naming the object first.
    pub message: String,
    /// Where it is wrong.
    pub primary: Label,
    /// The other places involved, in the order in which a reader should see them.
    pub related: Vec<Label>,
    /// What to do.
    pub remedy: Remedy,
}

/// In which steps memory comes.
const STEP: usize = 16;

impl Draft {
    /// A finding without role, further places and remedy.
    pub fn new(
        severity: Severity,
        subject: Subject,
        message: impl Into<String>,
        primary: Label,
    ) -> Self {
        Self {
            severity,
            subject,
            discriminator: String::new(),
            message: message.into(),
            primary,
            related: Vec::new(),
            remedy: Remedy::default(),
        }
    }

    /// Tells it from other findings of the rule about the subject.
    #[must_use]
    pub fn role(mut self, discriminator: impl Into<String>) -> Self {
        self.discriminator = discriminator.into();
        self
    }

    /// Gives back the memory that texts and lists had left over while they grew: there may be a million drafts, and it
    /// is a third of each.
    pub fn shrink(&mut self) {
        self.related.shrink_to_fit();
        self.remedy.commands.shrink_to_fit();
        let labels = std::iter::once(&mut self.primary).chain(&mut self.related);
        let labels = labels.filter_map(|label| match &mut label.text {
            Cow::Owned(text) => Some(text),
            Cow::Borrowed(_) => None,
        });
        let texts = labels.chain(&mut self.remedy.commands);
        for text in texts.chain([&mut self.message]) {
            // Memory comes in steps: of less than one nothing is given back.
            if text.capacity() - text.len() >= STEP {
                text.shrink_to_fit();
            }
        }
    }

    /// Adds places, in the order in which a reader should see them.
    #[must_use]
    pub fn related(mut self, labels: impl IntoIterator<Item = Label>) -> Self {
        self.related.extend(labels);
        self
    }

    /// Says what to do: a sentence without full stop, and lines of PowerShell.
    #[must_use]
    pub fn remedy(
        mut self,
        summary: impl Into<Cow<'static, str>>,
        commands: impl IntoIterator<Item = String>,
    ) -> Self {
        self.remedy = Remedy {
            summary: summary.into(),
            commands: commands.into_iter().collect(),
        };
        self
    }
}

/// Whether a finding counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Status {
    /// It counts.
    Open,
    /// Accepted by an exception of the project file.
    Excepted,
    /// Known from a baseline.
    Baselined,
}

impl Status {
    /// The word used in every format.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Excepted => "excepted",
            Self::Baselined => "baselined",
        }
    }
}

/// A settled finding: complete, with concrete places.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// Name of the rule in kebab-case: its id.
    pub rule: &'static str,
    /// Code of the rule: `OC001`.
    pub code: &'static str,
    /// Category folder of the rule: `operator-connect`.
    pub category: &'static str,
    /// Severity after the project file was applied.
    pub severity: Severity,
    /// Confidence of the rule.
    pub confidence: Confidence,
    /// One line that says what is wrong.
    pub message: String,
    /// What it is about.
    pub subject: Subject,
    /// Index of the snapshot.
    pub snapshot: u32,
    /// Where it is wrong.
    pub location: Location,
    /// The other places involved.
    pub related: Vec<Location>,
    /// What to do.
    pub remedy: Remedy,
    /// Recognises the finding from run to run within a tenant.
    pub fingerprint: Fingerprint,
    /// Whether it counts.
    pub status: Status,
    /// Why it is accepted, in the words of the exception.
    pub reason: Option<String>,
    /// Why it is there and was not before: the change since an earlier snapshot that caused it, or that it got worse.
    pub cause: Option<String>,
}

impl Finding {
    /// The message, and behind it what caused the finding, where snapshots are compared.
    pub fn told(&self) -> Cow<'_, str> {
        match &self.cause {
            None => Cow::Borrowed(&self.message),
            Some(cause) => Cow::Owned(format!("{}; cause: {cause}", self.message)),
        }
    }
}

/// Something wrong with the input itself: a file or a record, with its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// An error counts like a finding of severity error.
    pub severity: Severity,
    /// What is wrong, naming the file first.
    pub message: String,
    /// Where; `None` where no file is to blame.
    pub place: Option<Place>,
    /// The other place, where two contradict each other.
    pub also: Option<Place>,
    /// Names of the exports that cannot be trusted because of it.
    pub exports: Vec<&'static str>,
    /// The properties that cannot be trusted; `None` for all of them.
    pub properties: Option<Vec<&'static str>>,
    /// Code of the rule that makes a finding of it, so that it is not told twice.
    pub rule: Option<&'static str>,
    /// How many objects contradicting records leave undecided; 0 for other problems.
    pub objects: u64,
    /// What tells it from other problems of that rule and export: a property, the other party; empty for most.
    pub discriminator: String,
}

impl Problem {
    /// A problem at a place, that touches these exports as a whole.
    pub fn new(
        severity: Severity,
        message: String,
        place: impl Into<Option<Place>>,
        exports: Vec<&'static str>,
    ) -> Self {
        Self {
            severity,
            message,
            place: place.into(),
            also: None,
            exports,
            properties: None,
            rule: None,
            objects: 0,
            discriminator: String::new(),
        }
    }
}
