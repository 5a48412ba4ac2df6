//! One plan file, whichever way it is written.

use std::ops::Range;

use super::step::{Fault, Given, Name, Step, Value};
use super::vocabulary::{CHANGES, ChangeKind, FieldKind, Of, Takes};
use super::{csv_file, toml_file};
use crate::config::{did_you_mean, one_of};

/// What a plan file says.
#[derive(Clone, Default, Debug)]
pub struct PlanFile {
    /// Its steps, in order. A step that cannot be followed is left out, and told as a fault.
    pub steps: Vec<Step>,
    /// What is wrong with it, in order of place.
    pub faults: Vec<Fault>,
}

/// Reads a plan. What begins like a table of values is one, whatever the file is called.
pub fn read(path: &str, text: &str) -> PlanFile {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let has_end = |end: &str| path.to_ascii_lowercase().ends_with(end);
    let is_table = has_end(".csv") || has_end(".tsv");
    let mut file = if is_table {
        csv_file::read(text)
    } else {
        toml_file::read(text)
    };
    if file.steps.is_empty() && file.faults.is_empty() {
        file.faults.push(
            Fault::new("the plan has no step", 0..0)
                .help("write `[[step]]` and below it `change = \"…\"`"),
        );
    }
    file.faults.sort_by_key(|fault| fault.bytes.start);
    file
}

/// A value before it is known what its field takes.
#[derive(Clone, Debug)]
pub(super) enum Raw {
    /// One text.
    Text(Name),
    /// A list of texts.
    Texts(Vec<Name>),
    /// `true` or `false`.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// Anything else, by what it is called.
    Other(&'static str),
}

/// Cmdlets that administrators still write, though Microsoft takes them out of use, and the change that they are for.
///
/// Sources: <https://learn.microsoft.com/powershell/module/microsoftteams/set-csonlinevoiceuser>,
/// <https://learn.microsoft.com/powershell/module/microsoftteams/set-csonlineapplicationinstance>,
/// <https://learn.microsoft.com/powershell/module/microsoftteams/set-csuser>.
const DEPRECATED: [(&str, &str); 5] = [
    ("Set-CsOnlineVoiceUser", "assign-number"),
    ("Set-CsOnlineVoiceApplicationInstance", "assign-number"),
    (
        "Set-CsOnlineApplicationInstance -OnpremPhoneNumber",
        "assign-number",
    ),
    ("Set-CsUser -OnPremLineURI", "assign-number"),
    ("Set-CsUser -EnterpriseVoiceEnabled", "set-enterprise-voice"),
];

/// The change of that name, and the deprecated cmdlet that stands for it, if it is one.
pub(super) fn change(name: &Name) -> Result<(&'static ChangeKind, Option<&'static str>), Fault> {
    let names = CHANGES.iter().map(|change| change.name);
    let mut deprecated = DEPRECATED.iter();
    let old = deprecated.find(|(cmdlet, _)| cmdlet.eq_ignore_ascii_case(&name.text));
    if let Some((cmdlet, change)) = old
        && let Some(kind) = ChangeKind::find(change)
    {
        return Ok((kind, Some(cmdlet)));
    }
    if let Some(kind) = ChangeKind::find(&name.text) {
        return Ok((kind, None));
    }
    Err({
        let made_with: Vec<&str> = CHANGES
            .iter()
            .filter(|change| change.is_primitive())
            .filter(|change| {
                change
                    .by
                    .split(", ")
                    .any(|one| one.eq_ignore_ascii_case(&name.text))
            })
            .map(|change| change.name)
            .collect();
        if !made_with.is_empty() {
            let message = format!("`{}` is a cmdlet, not a change", name.text);
            let help = format!("write {}", one_of(&made_with));
            return Err(Fault::new(message, name.bytes.clone()).help(help));
        }
        let help = did_you_mean(
            &name.text,
            names,
            "`tenantlint schema plan` lists all changes",
        );
        Fault::new(
            format!("unknown change `{}`", name.text),
            name.bytes.clone(),
        )
        .help(help)
    })
}

/// The value of a field, in the form that it takes.
pub(super) fn value(
    field: &'static FieldKind,
    raw: Raw,
    bytes: Range<usize>,
) -> Result<Given, Fault> {
    let wrong = |what: &str| {
        Fault::new(
            format!(
                "`{}` takes {}, not {what}",
                field.name,
                expected(field.takes)
            ),
            bytes.clone(),
        )
    };
    let value = match (field.takes, raw) {
        (Takes::One(_) | Takes::Many(_), Raw::Text(name)) => Value::Names(vec![named(name)?]),
        (Takes::Many(of), Raw::Texts(names)) => {
            if names.is_empty() && !of.may_be_none() {
                return Err(wrong("an empty list"));
            }
            let names: Result<Vec<Name>, Fault> = names.into_iter().map(named).collect();
            Value::Names(names?)
        }
        (Takes::Word(words), Raw::Text(name)) => Value::Word(word(field, words, &name)?),
        (Takes::Flag, Raw::Flag(flag)) => Value::Flag(flag),
        (Takes::Count, Raw::Number(count)) => match u64::try_from(count) {
            Ok(count) => Value::Count(count),
            Err(_) => return Err(wrong("a negative number")),
        },
        (_, Raw::Text(_)) => return Err(wrong("a text")),
        (_, Raw::Texts(_)) => return Err(wrong("a list")),
        (_, Raw::Flag(_)) => return Err(wrong("`true` or `false`")),
        (_, Raw::Number(_)) => return Err(wrong("a number")),
        (_, Raw::Other(what)) => return Err(wrong(what)),
    };
    Ok(Given {
        field,
        value,
        bytes,
    })
}

fn word(
    field: &FieldKind,
    words: &'static [&'static str],
    name: &Name,
) -> Result<&'static str, Fault> {
    let mut known = words.iter().copied();
    let found = known.find(|word| word.eq_ignore_ascii_case(name.text.trim()));
    found.ok_or_else(|| {
        let help = did_you_mean(&name.text, words.iter().copied(), one_of(words));
        let message = format!("`{}` is no value of `{}`", name.text, field.name);
        Fault::new(message, name.bytes.clone()).help(help)
    })
}

fn named(mut name: Name) -> Result<Name, Fault> {
    let trimmed = name.text.trim();
    if trimmed.is_empty() {
        return Err(Fault::new("a name is blank", name.bytes));
    }
    if trimmed.len() < name.text.len() {
        name.text = trimmed.to_owned();
    }
    Ok(name)
}

/// The fields that a step cannot do without and does not have.
pub(super) fn missing(change: &'static ChangeKind, given: &[Given]) -> Vec<&'static FieldKind> {
    let fields = change.fields.iter();
    fields
        .filter(|field| field.is_required && given.iter().all(|one| one.field.name != field.name))
        .collect()
}

/// What a field takes, in words.
pub(super) fn expected(takes: Takes) -> String {
    match takes {
        Takes::One(Of::New) => "a text".to_owned(),
        Takes::One(of) => format!("one {}", of.words()),
        Takes::Many(Of::New) => "a list of texts".to_owned(),
        Takes::Many(of) => format!("a list of {}", plural(of)),
        Takes::Word(words) => one_of(words),
        Takes::Flag => "`true` or `false`".to_owned(),
        Takes::Count => "a whole number".to_owned(),
    }
}

fn plural(of: Of) -> String {
    match of {
        Of::Account => "users or resource accounts".to_owned(),
        Of::App => "auto attendants or call queues".to_owned(),
        Of::Policy => "policies".to_owned(),
        Of::Country => "countries".to_owned(),
        other => format!("{}s", other.words()),
    }
}
