//! What `ConvertTo-Json` leaves of things below its `-Depth`, and what `Export-Csv` leaves of lists and objects.

use super::json::Json;
use super::logical::Export;
use super::tables::{PLAIN, write};

/// What becomes of an object below the depth.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cut {
    /// The name of its class; of the classes that say something of themselves, that.
    ClassName,
    /// `@{a=b; c=d}`.
    Hashtable,
    /// Nothing, where objects stand in lists: their text is empty. Others keep their members as above.
    Blank,
}

impl Cut {
    pub(super) const ALL: [Self; 3] = [Self::ClassName, Self::Hashtable, Self::Blank];
}

/// The document with everything below the depth as text.
pub(super) fn cut(value: Json, depth: u32, how: Cut) -> Json {
    cut_at(value, "", 0, depth, how)
}

fn cut_at(value: Json, key: &str, level: u32, depth: u32, how: Cut) -> Json {
    match value {
        Json::List(list) if level > depth => Json::Text(list_as_text(&list)),
        Json::Map(members) if level > depth => Json::Text(object_as_text(key, &members, how)),
        Json::List(list) => Json::List(
            list.into_iter()
                .map(|value| match (how, &value) {
                    (Cut::Blank, Json::Map(_)) if level == depth => Json::text(""),
                    _ => cut_at(value, key, level + 1, depth, how),
                })
                .collect(),
        ),
        Json::Map(members) => Json::Map(
            members
                .into_iter()
                .map(|(key, value)| {
                    let value = cut_at(value, &key, level + 1, depth, how);
                    (key, value)
                })
                .collect(),
        ),
        scalar => scalar,
    }
}

/// Texts are joined by blanks; of anything else the name of the class is written for each element.
fn list_as_text(list: &[Json]) -> String {
    let words: Vec<String> = list
        .iter()
        .map(|value| value.scalar().unwrap_or_else(|| "System.Object".to_owned()))
        .collect();
    words.join(" ")
}

fn object_as_text(key: &str, members: &[(String, Json)], how: Cut) -> String {
    let member = |name: &str| {
        members
            .iter()
            .find(|(key, _)| key == name)
            .and_then(|(_, value)| value.scalar())
    };
    match how {
        Cut::Hashtable | Cut::Blank => {
            let parts: Vec<String> = members
                .iter()
                .map(|(key, value)| {
                    let value = value
                        .scalar()
                        .unwrap_or_else(|| "System.Object[]".to_owned());
                    format!("{key}={value}")
                })
                .collect();
            format!("@{{{}}}", parts.join("; "))
        }
        Cut::ClassName if key == "AssignedPlan" => member("Capability").unwrap_or_default(),
        Cut::ClassName => format!("Microsoft.Teams.ConfigAPI.Cmdlets.Generated.Models.{key}"),
    }
}

/// Lists of objects with nothing left of their elements.
pub(super) fn blanked(value: Json) -> Json {
    value.map(&|value| match value {
        Json::List(list) if matches!(list.first(), Some(Json::Map(_))) => {
            Json::List(list.iter().map(|_| Json::text(" ")).collect())
        }
        other => other,
    })
}

/// As `Export-Csv` writes it: the columns of the first record, names of classes for lists and objects, bare names for
/// policies; and with Windows PowerShell's ASCII, `?` for every other letter.
pub(super) fn csv(export: &Export, ascii: bool) -> String {
    let columns = export.records.first().map_or(&[][..], Json::members);
    let header: Vec<String> = columns.iter().map(|(key, _)| key.clone()).collect();
    let rows: Vec<Vec<String>> = export
        .records
        .iter()
        .map(|record| {
            header
                .iter()
                .map(|key| record.get(key).map_or_else(String::new, class_name))
                .collect()
        })
        .collect();
    let text = write(&header, &rows, &PLAIN);
    if ascii {
        text.chars()
            .map(|c| if c.is_ascii() { c } else { '?' })
            .collect()
    } else {
        text
    }
}

fn class_name(value: &Json) -> String {
    match value {
        Json::List(list) if matches!(list.first(), Some(Json::Map(_))) => {
            "System.Collections.Generic.List`1[System.Object]".to_owned()
        }
        Json::List(_) => "System.String[]".to_owned(),
        Json::Map(members) => match (value.get("Authority"), value.get("Name")) {
            (Some(_), Some(name)) if members.len() == 2 => name.scalar().unwrap_or_default(),
            _ => "System.Management.Automation.PSCustomObject".to_owned(),
        },
        scalar => scalar.scalar().unwrap_or_default(),
    }
}
