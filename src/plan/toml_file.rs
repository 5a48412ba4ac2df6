//! A plan in TOML: `[[step]]` tables, each with a `change` and its fields.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::file::{PlanFile, Raw, change, missing, value};
use super::step::{Fault, Name, Step};
use super::vocabulary::ChangeKind;
use crate::config::did_you_mean;

/// Fields that every change has.
pub(super) const COMMON: [&str; 3] = ["change", "note", "accept-outage"];

/// Reads the text of a plan.
pub(super) fn read(text: &str) -> PlanFile {
    let mut file = PlanFile::default();
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        for error in errors {
            let at = error.span().unwrap_or(0..0);
            let message = error.message().trim_end_matches('.').replace('\n', ", ");
            file.faults
                .push(Fault::new(format!("the plan is no TOML: {message}"), at));
        }
        return file;
    }
    for (key, entry) in table.get_ref() {
        match (key.get_ref().as_ref(), entry.get_ref()) {
            ("step", DeValue::Array(steps)) => {
                for step in steps {
                    read_step(&mut file, step);
                }
            }
            ("step", _) => file.faults.push(
                Fault::new("`step` is no list of tables", entry.span())
                    .help("write `[[step]]` above each step"),
            ),
            (other, _) => {
                let help = did_you_mean(other, ["step"], "a plan has only `[[step]]` tables");
                let fault = Fault::new(format!("unknown key `{other}`"), key.span());
                file.faults.push(fault.help(help));
            }
        }
    }
    file
}

fn read_step(file: &mut PlanFile, step: &Spanned<DeValue<'_>>) {
    let DeValue::Table(table) = step.get_ref() else {
        file.faults.push(
            Fault::new("a step is no table", step.span()).help("write `[[step]]` above each step"),
        );
        return;
    };
    let faults = file.faults.len();
    let named = table.iter().find(|(key, _)| key.get_ref() == "change");
    let Some((_, name)) = named else {
        file.faults.push(
            Fault::new("a step has no `change`", first_line(step.span(), table))
                .help("`tenantlint schema plan` lists all changes"),
        );
        return;
    };
    let found = match raw(name) {
        Raw::Text(name) => change(&name),
        _ => Err(Fault::new("`change` takes a text", name.span())),
    };
    let (kind, deprecated) = match found {
        Ok(found) => found,
        Err(fault) => {
            file.faults.push(fault);
            return;
        }
    };
    let mut read = Step {
        change: kind,
        bytes: step.span(),
        change_bytes: name.span(),
        given: Vec::new(),
        deprecated,
        accepts_outage: false,
    };
    for (key, entry) in table {
        match key.get_ref().as_ref() {
            "change" | "note" => {}
            "accept-outage" => match entry.get_ref() {
                DeValue::Boolean(accepts) => read.accepts_outage = *accepts,
                _ => file.faults.push(Fault::new(
                    "`accept-outage` takes `true` or `false`",
                    entry.span(),
                )),
            },
            other => match kind.field(other) {
                Some(field) => match value(field, raw(entry), entry.span()) {
                    Ok(given) => read.given.push(given),
                    Err(fault) => file.faults.push(fault),
                },
                None => file.faults.push(unknown_field(kind, other, key.span())),
            },
        }
    }
    read.given.sort_by_key(|given| given.bytes.start);
    if file.faults.len() == faults {
        for field in missing(kind, &read.given) {
            file.faults.push(Fault::new(
                format!("`{}` needs `{}`", kind.name, field.name),
                name.span(),
            ));
        }
    }
    if file.faults.len() == faults {
        file.steps.push(read);
    }
}

fn unknown_field(kind: &ChangeKind, name: &str, bytes: Range<usize>) -> Fault {
    let known = kind.fields.iter().map(|field| field.name);
    let all: Vec<String> = known.clone().map(|name| format!("`{name}`")).collect();
    let otherwise = match all.as_slice() {
        [] => format!("`{}` has no fields", kind.name),
        all => format!("`{}` takes {}", kind.name, all.join(", ")),
    };
    let help = did_you_mean(name, known.chain(COMMON), otherwise);
    Fault::new(format!("`{}` has no field `{name}`", kind.name), bytes).help(help)
}

fn raw(value: &Spanned<DeValue<'_>>) -> Raw {
    match value.get_ref() {
        DeValue::String(text) => Raw::Text(Name {
            text: text.to_string(),
            bytes: value.span(),
        }),
        DeValue::Boolean(flag) => Raw::Flag(*flag),
        DeValue::Integer(number) => {
            let number = i64::from_str_radix(number.as_str(), number.radix());
            number.map_or(Raw::Other("such a number"), Raw::Number)
        }
        DeValue::Array(elements) => {
            let names: Option<Vec<Name>> = elements
                .iter()
                .map(|element| match element.get_ref() {
                    DeValue::String(text) => Some(Name {
                        text: text.to_string(),
                        bytes: element.span(),
                    }),
                    _ => None,
                })
                .collect();
            names.map_or(Raw::Other("a list of other values"), Raw::Texts)
        }
        DeValue::Float(_) => Raw::Other("a fraction"),
        DeValue::Datetime(_) => Raw::Other("a date"),
        DeValue::Table(_) => Raw::Other("a table"),
    }
}

/// The first key of a step: a step of many lines is not marked whole.
fn first_line(step: Range<usize>, table: &DeTable<'_>) -> Range<usize> {
    let keys = table.iter().map(|(key, _)| key.span());
    keys.min_by_key(|span| span.start).unwrap_or(step)
}

#[cfg(test)]
mod tests {
    use super::super::step::Value;

    /// Message, and what stands at the place of each fault.
    fn faults(text: &str) -> Vec<(String, &str)> {
        let file = super::super::read("plan.toml", text);
        let faults = file.faults.into_iter();
        faults
            .map(|fault| (fault.message, text.get(fault.bytes).unwrap_or("?")))
            .collect()
    }

    fn fault(text: &str) -> (String, &str) {
        let mut all = faults(text);
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }

    #[test]
    fn steps_are_read_in_order_with_their_places() {
        let text = "[[step]]\nchange = \"move-to-operator-connect\"\nusers = [\"a@x.example\", \" b@x.example \"]\n\
                    operator = \"Telco\"\n\n[[step]]\nchange = \"wait\"\nhours = 24\nnote = \"over night\"\n\n\
                    [[step]]\nchange = \"assign-number\"\nuser = \"a@x.example\"\nnumber = \"+12065550101\"\n\
                    type = \"operatorconnect\"\naccept-outage = true\n";
        let file = super::super::read("plan.toml", text);
        assert_eq!(file.faults, []);
        let names: Vec<&str> = file.steps.iter().map(|step| step.change.name).collect();
        assert_eq!(names, ["move-to-operator-connect", "wait", "assign-number"]);
        let users = file.steps[0].names("users");
        assert_eq!(users[1].text, "b@x.example");
        assert_eq!(&text[users[0].bytes.clone()], "\"a@x.example\"");
        assert_eq!(file.steps[1].count("hours"), Some(24));
        assert_eq!(file.steps[2].word("type"), Some("OperatorConnect"));
        assert!(file.steps[2].accepts_outage && !file.steps[1].accepts_outage);
        assert_eq!(
            file.steps[2].field("number").map(|given| &given.value),
            Some(&Value::Names(file.steps[2].names("number").to_vec()))
        );
        assert_eq!(&text[file.steps[1].change_bytes.clone()], "\"wait\"");
    }

    #[test]
    fn whatever_is_wrong_is_told_at_its_place() {
        for (text, message, place) in [
            ("", "the plan has no step", ""),
            (
                "[[step]]\nusers = [\"a\"]\n",
                "a step has no `change`",
                "users",
            ),
            (
                "[[step]]\nchange = \"asign-number\"\n",
                "unknown change `asign-number`",
                "\"asign-number\"",
            ),
            (
                "[[step]]\nchange = \"wait\"\nhour = 1\n",
                "`wait` has no field `hour`",
                "hour",
            ),
            (
                "[[step]]\nchange = \"wait\"\n",
                "`wait` needs `hours`",
                "\"wait\"",
            ),
            (
                "[[step]]\nchange = \"wait\"\nhours = \"1\"\n",
                "`hours` takes a whole number, not a text",
                "\"1\"",
            ),
            (
                "[[step]]\nchange = \"wait\"\nhours = -1\n",
                "`hours` takes a whole number, not a negative number",
                "-1",
            ),
            (
                "[[step]]\nchange = \"remove-number\"\nnumbers = []\n",
                "`numbers` takes a list of numbers, not an empty list",
                "[]",
            ),
            (
                "[[step]]\nchange = \"remove-number\"\nnumbers = [\" \"]\n",
                "a name is blank",
                "\" \"",
            ),
            (
                "[[step]]\nchange = \"change-coexistence-mode\"\nusers = \"a\"\nmode = \"TeamOnly\"\n",
                "`TeamOnly` is no value of `mode`",
                "\"TeamOnly\"",
            ),
            (
                "[step]\nchange = \"wait\"\n",
                "`step` is no list of tables",
                "[step]",
            ),
            ("steps = 1\n", "unknown key `steps`", "steps"),
        ] {
            assert_eq!(fault(text), (message.to_owned(), place), "{text}");
        }
        let (message, _) = fault("[[step]]\nchange = \n");
        assert!(message.starts_with("the plan is no TOML: "), "{message}");
    }

    #[test]
    fn one_run_tells_all_that_is_wrong_and_keeps_the_rest() {
        let text = "[[step]]\nchange = \"wiat\"\n[[step]]\nchange = \"wait\"\nhours = 1\n[[step]]\nchange = 1\n";
        let file = super::super::read("plan.toml", text);
        assert_eq!((file.steps.len(), file.faults.len()), (1, 2));
        assert_eq!(file.faults[0].help.as_deref(), Some("did you mean `wait`?"));
    }
}
