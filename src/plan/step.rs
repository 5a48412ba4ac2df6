//! A step as it is written, and what can be wrong with it.

use std::ops::Range;

use super::vocabulary::{ChangeKind, FieldKind};

/// One step of a plan: a change with its fields.
#[derive(Clone, Debug)]
pub struct Step {
    /// The change.
    pub change: &'static ChangeKind,
    /// Bytes of the step in its file.
    pub bytes: Range<usize>,
    /// Bytes of the name of the change; of a row that does not name it, those of the row.
    pub change_bytes: Range<usize>,
    /// What is told of it, in the order in which it is written.
    pub given: Vec<Given>,
    /// The cmdlet that is written for the change, where it is one that is going away.
    pub deprecated: Option<&'static str>,
    /// Whether the plan accepts that holders are without number behind this step.
    pub accepts_outage: bool,
}

impl Step {
    /// The field of that name, if it is given.
    pub fn field(&self, name: &str) -> Option<&Given> {
        self.given.iter().find(|given| given.field.name == name)
    }

    /// The names of a field; none where it is not given.
    pub fn names(&self, name: &str) -> &[Name] {
        match self.field(name).map(|given| &given.value) {
            Some(Value::Names(names)) => names,
            _ => &[],
        }
    }

    /// The one word of a field.
    pub fn word(&self, name: &str) -> Option<&'static str> {
        match self.field(name)?.value {
            Value::Word(word) => Some(word),
            _ => None,
        }
    }

    /// Whether a field says `true`; `None` where it is not given.
    pub fn flag(&self, name: &str) -> Option<bool> {
        match self.field(name)?.value {
            Value::Flag(flag) => Some(flag),
            _ => None,
        }
    }

    /// The number of a field.
    pub fn count(&self, name: &str) -> Option<u64> {
        match self.field(name)?.value {
            Value::Count(count) => Some(count),
            _ => None,
        }
    }
}

/// A field of a step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Given {
    /// Which.
    pub field: &'static FieldKind,
    /// What it says.
    pub value: Value,
    /// Bytes of the value in the file.
    pub bytes: Range<usize>,
}

/// What a field says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    /// Names of something, one or several.
    Names(Vec<Name>),
    /// One of the words that the field takes.
    Word(&'static str),
    /// `true` or `false`.
    Flag(bool),
    /// A whole number.
    Count(u64),
}

/// A name as it is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Name {
    /// The name, without blanks around it.
    pub text: String,
    /// Its bytes in the file.
    pub bytes: Range<usize>,
}

/// Something in a plan file that cannot be followed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// One line, lower-case start, no full stop, values in backticks.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
    /// Where it stands in the file.
    pub bytes: Range<usize>,
}

impl Fault {
    /// A fault at these bytes.
    pub(super) fn new(message: impl Into<String>, bytes: Range<usize>) -> Self {
        Self {
            message: message.into(),
            help: None,
            bytes,
        }
    }

    /// The same fault, with this advice.
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
