//! A plan as a table: one row a step, for lists of users that come out of a spreadsheet.
//!
//! Columns are named as administrators name them: `UserPrincipalName`, `PhoneNumber`, `PhoneNumberType`, `LocationId`, the
//! types of policies, or the fields of the change. A column `Change` names the change of each row; without it a row says
//! what is to become of its user: licenses, policies and a number, which become steps in that order.

use std::ops::Range;

use super::file::{PlanFile, Raw, change, missing, value};
use super::step::{Fault, Given, Name, Step};
use super::vocabulary::{ChangeKind, FieldKind, POLICY_TYPES, Takes};
use crate::config::did_you_mean;
use crate::snapshot::{CsvShape, cell_range, csv_rows, csv_shape};

/// Spellings of columns, and the fields that they may mean, the likeliest first.
const COLUMNS: [(&str, &[&str]); 31] = [
    ("userprincipalname", &HOLDER),
    ("upn", &HOLDER),
    ("identity", &HOLDER),
    ("user", &HOLDER),
    ("users", &HOLDER),
    ("account", &HOLDER),
    ("accounts", &HOLDER),
    ("objectid", &HOLDER),
    ("resourceaccount", &HOLDER),
    ("phonenumber", &HELD),
    ("telephonenumber", &HELD),
    ("number", &HELD),
    ("numbers", &HELD),
    ("lineuri", &HELD),
    ("phonenumbertype", &["type"]),
    ("numbertype", &["type"]),
    ("locationid", &["location"]),
    ("emergencylocationid", &["location"]),
    ("assignmentcategory", &["category"]),
    ("operatorname", &["operator"]),
    ("pstnpartnername", &["operator"]),
    ("policyname", &["policy"]),
    ("addlicenses", &["add"]),
    ("addlicense", &["add"]),
    ("license", &["license", "add"]),
    ("licenses", &["license", "add"]),
    ("removelicenses", &["remove-licenses", "remove"]),
    ("removelicense", &["remove-licenses", "remove"]),
    ("usagelocation", &["usage-location", "country"]),
    ("isocountrycode", &["country"]),
    ("country", &["country", "usage-location", "countries"]),
];
const HOLDER: [&str; 4] = ["user", "users", "account", "accounts"];
const HELD: [&str; 2] = ["number", "numbers"];

/// Short names of policy types as columns.
const POLICIES: [(&str, &str); 6] = [
    ("voiceroutingpolicy", "OnlineVoiceRoutingPolicy"),
    ("upgradepolicy", "TeamsUpgradePolicy"),
    ("callingpolicy", "TeamsCallingPolicy"),
    (
        "emergencycallroutingpolicy",
        "TeamsEmergencyCallRoutingPolicy",
    ),
    ("emergencycallingpolicy", "TeamsEmergencyCallingPolicy"),
    ("dialplan", "TenantDialPlan"),
];

/// Columns that name the change, and those that are for people only.
const CHANGE: [&str; 3] = ["change", "action", "step"];
const FOR_PEOPLE: [&str; 6] = [
    "displayname",
    "note",
    "notes",
    "comment",
    "comments",
    "department",
];

/// What a column is for.
enum Column {
    Change,
    Ignored,
    /// A policy of that type, by its name.
    Policy(&'static str),
    /// Fields of that name, with the spelling without blanks and case.
    Field(String),
}

/// Reads the text of a plan.
pub(super) fn read(text: &str) -> PlanFile {
    let mut file = PlanFile::default();
    let Some((shape, from)) = csv_shape(text) else {
        file.faults
            .push(Fault::new("the plan is no table with named columns", 0..0));
        return file;
    };
    let columns: Vec<Column> = shape.header.iter().map(|name| column(name)).collect();
    let names_change = columns.iter().any(|one| matches!(one, Column::Change));
    let header = header_of(text, from);
    let mut is_known = true;
    for (at, column) in columns.iter().enumerate() {
        let Column::Field(spelling) = column else {
            continue;
        };
        if !means_something(spelling, names_change) {
            is_known = false;
            file.faults.push(unknown_column(
                &shape.header[at],
                cell_bytes(header.clone(), text, &shape, at),
            ));
        }
    }
    if !is_known {
        return file;
    }
    let (rows, cut) = csv_rows(text, from, &shape);
    for row in rows {
        let span = row.at..row.at + row.text.len();
        let cells = row.cells.iter().enumerate().take(columns.len());
        let cells: Vec<(usize, Name)> = cells
            .filter(|(_, text)| !text.trim().is_empty())
            .map(|(at, cell)| {
                let bytes = cell_bytes(span.clone(), text, &shape, at);
                let text = unprotected(cell.trim()).to_owned();
                (at, Name { text, bytes })
            })
            .collect();
        if row.cells.len() > columns.len() {
            file.faults.push(Fault::new(
                format!(
                    "the row has {} cells, the table {} columns",
                    row.cells.len(),
                    columns.len()
                ),
                span,
            ));
        } else {
            read_row(&mut file, &columns, cells, &span);
        }
    }
    if let Some((at, why)) = cut {
        file.faults.push(Fault::new(
            format!("the table cannot be read on: {why}"),
            at..at,
        ));
    }
    file
}

fn read_row(
    file: &mut PlanFile,
    columns: &[Column],
    cells: Vec<(usize, Name)>,
    row: &Range<usize>,
) {
    let mut named = None;
    let mut policies = Vec::new();
    let mut fields = Vec::new();
    for (at, cell) in cells {
        match &columns[at] {
            Column::Change => named = Some(cell),
            Column::Ignored => {}
            Column::Policy(of) => policies.push((*of, cell)),
            Column::Field(spelling) => fields.push((spelling.as_str(), cell)),
        }
    }
    let asked: Result<Vec<&'static ChangeKind>, Fault> = match &named {
        Some(name) => change(name).map(|(kind, _)| vec![kind]),
        None => Ok(implied(&fields)),
    };
    let kinds = match asked {
        Ok(kinds) => kinds,
        Err(fault) => {
            file.faults.push(fault);
            return;
        }
    };
    if kinds.is_empty() && policies.is_empty() {
        file.faults.push(
            Fault::new("the row asks for nothing", row.clone()).help(
                "name the change in a column `Change`, or give a number, a license or a policy",
            ),
        );
        return;
    }
    let known = file.faults.len();
    let mut steps: Vec<Step> = Vec::new();
    let change_bytes = named
        .as_ref()
        .map_or(row.clone(), |name| name.bytes.clone());
    for kind in kinds {
        let mut given = Vec::new();
        for (spelling, cell) in &fields {
            let Some(field) = meant(kind, spelling) else {
                // Of several steps of a row each takes what it needs.
                if named.is_some() {
                    file.faults.push(Fault::new(
                        format!("`{}` does not take `{}` of this row", kind.name, cell.text),
                        cell.bytes.clone(),
                    ));
                }
                continue;
            };
            if given.iter().any(|one: &Given| one.field == field) {
                let message = format!("two columns of the row tell `{}`", field.name);
                file.faults.push(Fault::new(message, cell.bytes.clone()));
                continue;
            }
            match value(field, raw(field, cell), cell.bytes.clone()) {
                Ok(one) => given.push(one),
                Err(fault) => file.faults.push(fault),
            }
        }
        steps.push(step(kind, given, row, &change_bytes));
    }
    for (of, cell) in policies {
        match grant(of, &cell, &fields, row, &change_bytes) {
            Ok(step) => steps.push(step),
            Err(fault) => file.faults.push(fault),
        }
    }
    for step in &steps {
        if file.faults.len() > known {
            return;
        }
        for field in missing(step.change, &step.given) {
            file.faults.push(Fault::new(
                format!("`{}` needs `{}`", step.change.name, field.name),
                row.clone(),
            ));
        }
    }
    if file.faults.len() == known {
        // A number needs its license and its policies first.
        steps.sort_by_key(|step| match step.change.name {
            "change-license" => 0,
            "grant-policy" => 1,
            _ => 2,
        });
        file.steps.append(&mut steps);
    }
}

/// The changes that a row without a name asks for.
fn implied(fields: &[(&str, Name)]) -> Vec<&'static ChangeKind> {
    let has = |name: &str| {
        let fields = fields.iter();
        let spellings = fields.map(|(spelling, _)| candidates(spelling));
        spellings.flatten().any(|candidate| *candidate == name)
    };
    let asked = [
        ("change-license", has("add") || has("remove")),
        ("assign-number", has("number")),
    ];
    asked
        .into_iter()
        .filter(|(_, is_asked)| *is_asked)
        .filter_map(|(name, _)| ChangeKind::find(name))
        .collect()
}

/// The step that grants the policy of a column; `$null` takes it away.
fn grant(
    of: &'static str,
    cell: &Name,
    fields: &[(&str, Name)],
    row: &Range<usize>,
    change_bytes: &Range<usize>,
) -> Result<Step, Fault> {
    let (kind, _) = change(&Name {
        text: "grant-policy".to_owned(),
        bytes: row.clone(),
    })?;
    let mut given = Vec::new();
    for (spelling, cell) in fields {
        if HOLDER.contains(&candidates(spelling).first().copied().unwrap_or_default())
            && let Some(field) = kind.field("users")
        {
            given.push(value(field, raw(field, cell), cell.bytes.clone())?);
        }
    }
    let of = Name {
        text: of.to_owned(),
        bytes: cell.bytes.clone(),
    };
    if let Some(field) = kind.field("policy-type") {
        given.push(value(field, Raw::Text(of), cell.bytes.clone())?);
    }
    let is_null = ["$null", "null", "global"]
        .iter()
        .any(|word| word.eq_ignore_ascii_case(&cell.text));
    if let Some(field) = kind.field("policy").filter(|_| !is_null) {
        given.push(value(field, Raw::Text(cell.clone()), cell.bytes.clone())?);
    }
    Ok(step(kind, given, row, change_bytes))
}

fn step(
    change: &'static ChangeKind,
    given: Vec<Given>,
    row: &Range<usize>,
    change_bytes: &Range<usize>,
) -> Step {
    Step {
        change,
        bytes: row.clone(),
        change_bytes: change_bytes.clone(),
        given,
        deprecated: None,
        accepts_outage: false,
    }
}

fn column(name: &str) -> Column {
    let spelling: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
    if CHANGE.contains(&spelling.as_str()) {
        return Column::Change;
    }
    if FOR_PEOPLE.contains(&spelling.as_str()) {
        return Column::Ignored;
    }
    let short = POLICIES.iter().find(|(short, _)| *short == spelling);
    let long = POLICY_TYPES
        .iter()
        .find(|of| of.eq_ignore_ascii_case(&spelling));
    match short.map(|(_, of)| *of).or(long.copied()) {
        Some(of) => Column::Policy(of),
        None => Column::Field(spelling),
    }
}

/// Names of fields that a column may mean: `RemoveLicenses` is `remove-licenses`, or `remove`.
fn candidates(spelling: &str) -> &'static [&'static str] {
    let known = COLUMNS.iter().find(|(name, _)| *name == spelling);
    known.map_or(&[], |(_, fields)| fields)
}

/// The field of a change that a column means.
fn meant(kind: &ChangeKind, spelling: &str) -> Option<&'static FieldKind> {
    let named = |field: &&FieldKind| field.name.replace('-', "") == spelling;
    kind.fields.iter().find(named).or_else(|| {
        let mut fields = candidates(spelling).iter();
        fields.find_map(|name| kind.field(name))
    })
}

fn means_something(spelling: &str, names_change: bool) -> bool {
    if !candidates(spelling).is_empty() {
        return true;
    }
    let implied = ["assign-number", "change-license"];
    let mut changes = super::CHANGES.iter();
    changes.any(|kind| {
        (names_change || implied.contains(&kind.name)) && meant(kind, spelling).is_some()
    })
}

fn unknown_column(name: &str, bytes: Range<usize>) -> Fault {
    let known = [
        "UserPrincipalName",
        "PhoneNumber",
        "PhoneNumberType",
        "LocationId",
        "Change",
    ];
    let policies = POLICY_TYPES.iter().copied();
    let otherwise =
        "name columns after the fields of the change; `tenantlint schema plan` lists them";
    let help = did_you_mean(name, known.into_iter().chain(policies), otherwise);
    Fault::new(format!("unknown column `{name}`"), bytes).help(help)
}

/// What a cell says, in the form that its field takes: lists are joined by semicolons or bars.
fn raw(field: &FieldKind, cell: &Name) -> Raw {
    let text = cell.text.as_str();
    match field.takes {
        Takes::Many(_) => Raw::Texts(
            text.split([';', '|'])
                .filter(|part| !part.trim().is_empty())
                .map(|part| Name {
                    text: part.trim().to_owned(),
                    bytes: cell.bytes.clone(),
                })
                .collect(),
        ),
        Takes::Flag => match text.to_ascii_lowercase().as_str() {
            "true" | "$true" | "yes" | "1" => Raw::Flag(true),
            "false" | "$false" | "no" | "0" => Raw::Flag(false),
            _ => Raw::Text(cell.clone()),
        },
        Takes::Count => text
            .parse()
            .map_or_else(|_| Raw::Text(cell.clone()), Raw::Number),
        Takes::One(_) | Takes::Word(_) => Raw::Text(cell.clone()),
    }
}

/// A number that was protected from the spreadsheet: `="+1…"`, `'+1…`.
fn unprotected(cell: &str) -> &str {
    let bare = cell
        .strip_prefix("=\"")
        .and_then(|rest| rest.strip_suffix('"'));
    bare.unwrap_or_else(|| cell.strip_prefix('\'').unwrap_or(cell))
}

/// The bytes of the header row.
fn header_of(text: &str, end: usize) -> Range<usize> {
    let head = text
        .get(..end)
        .unwrap_or_default()
        .trim_end_matches(['\r', '\n']);
    let start = head.rfind('\n').map_or(0, |at| at + 1);
    start..head.len()
}

fn cell_bytes(row: Range<usize>, text: &str, shape: &CsvShape, at: usize) -> Range<usize> {
    let line = text.get(row.clone()).unwrap_or_default();
    match cell_range(line.as_bytes(), shape, at) {
        Some(cell) => row.start + cell.start..row.start + cell.end,
        None => row,
    }
}

#[cfg(test)]
mod tests {
    use super::super::read;

    #[test]
    fn a_row_asks_for_licenses_policies_and_a_number_in_that_order() {
        let text = "UserPrincipalName;PhoneNumber;PhoneNumberType;LocationId;OnlineVoiceRoutingPolicy;License;DisplayName\r\n\
                    a@x.example;+12065550101;OperatorConnect;;$null;Teams Phone;Anna\r\n\
                    b@x.example;'+12065550102;DirectRouting;;FR-Paris;;\r\n";
        let file = read("plan.csv", text);
        assert_eq!(file.faults, []);
        let told: Vec<(&str, String)> = file
            .steps
            .iter()
            .map(|step| {
                let names = step
                    .given
                    .iter()
                    .map(|given| text[given.bytes.clone()].to_owned());
                (step.change.name, names.collect::<Vec<_>>().join(" "))
            })
            .collect();
        let told: Vec<(&str, &str)> = told.iter().map(|(one, two)| (*one, two.as_str())).collect();
        assert_eq!(
            told,
            [
                ("change-license", "a@x.example Teams Phone"),
                ("grant-policy", "a@x.example $null"),
                ("assign-number", "a@x.example +12065550101 OperatorConnect"),
                ("grant-policy", "b@x.example FR-Paris FR-Paris"),
                ("assign-number", "b@x.example '+12065550102 DirectRouting"),
            ]
        );
        assert_eq!(file.steps[4].names("number")[0].text, "+12065550102");
        assert!(file.steps[1].field("policy").is_none());
    }

    #[test]
    fn a_column_may_name_the_change() {
        let text = "Change,User,Operator,Remove Licenses\nmove-to-operator-connect,a@x.example,Telco,MCOPSTN1;MCOPSTN2\n";
        let file = read("plan.csv", text);
        assert_eq!(file.faults, []);
        let step = &file.steps[0];
        assert_eq!(step.names("users")[0].text, "a@x.example");
        assert_eq!(step.names("remove-licenses").len(), 2);
        assert_eq!(&text[step.change_bytes.clone()], "move-to-operator-connect");
    }

    #[test]
    fn whatever_is_wrong_is_told_at_its_place() {
        for (text, message, place) in [
            ("", "the plan is no table with named columns", ""),
            (
                "UserPrincipalName,Fone\na,b\n",
                "unknown column `fone`",
                "Fone",
            ),
            (
                "Change,User\nremove-nmber,a\n",
                "unknown change `remove-nmber`",
                "remove-nmber",
            ),
            (
                "UserPrincipalName,PhoneNumber\na@x.example,\n",
                "the row asks for nothing",
                "a@x.example,",
            ),
            (
                "UserPrincipalName,PhoneNumber\n,+12065550101\n",
                "`assign-number` needs `user`",
                ",+12065550101",
            ),
            (
                "UserPrincipalName,PhoneNumber,PhoneNumberType\na,+12065550101,OperatrConnect\n",
                "`OperatrConnect` is no value of `type`",
                "OperatrConnect",
            ),
            (
                "UserPrincipalName,PhoneNumber\na,b,c\n",
                "the row has 3 cells, the table 2 columns",
                "a,b,c",
            ),
            (
                "User,UPN,PhoneNumber\na,b,+12065550101\n",
                "two columns of the row tell `user`",
                "b",
            ),
            (
                "Change,User,PhoneNumber\nsuspend-operator,a,\n",
                "`suspend-operator` does not take `a` of this row",
                "a",
            ),
        ] {
            let file = read("plan.csv", text);
            let told: Vec<(&str, &str)> = file
                .faults
                .iter()
                .map(|fault| (fault.message.as_str(), &text[fault.bytes.clone()]))
                .collect();
            assert_eq!(told.first(), Some(&(message, place)), "{told:?}");
        }
    }
}
