//! A record as it is written, with holes: filling them is a few copies, whatever the record's size.

use super::json::{Json, compressed, ps7, ps51};
use super::tenant::Style;

/// What stands in a hole.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Hole {
    /// The object id of a user.
    Id,
    /// Its running number, in names.
    Name,
    /// The digits of a number.
    Digits,
}

const MARKS: [(&str, Hole); 3] = [
    ("\u{E000}", Hole::Id),
    ("\u{E001}", Hole::Name),
    ("\u{E002}", Hole::Digits),
];

impl Hole {
    /// What to write into a value where the hole is to be.
    pub(crate) fn mark(self) -> &'static str {
        MARKS
            .iter()
            .find(|(_, hole)| *hole == self)
            .map_or("", |(mark, _)| mark)
    }
}

/// A record with holes, as an element of a list.
#[derive(Debug)]
pub(crate) struct Template {
    parts: Vec<(String, Option<Hole>)>,
}

impl Template {
    /// Cuts a written record at its holes.
    pub(crate) fn new(record: &Json, style: Style) -> Self {
        let text = element(record, style);
        let mut parts = Vec::new();
        let mut rest = text.as_str();
        while let Some((at, mark, hole)) = MARKS
            .iter()
            .filter_map(|(mark, hole)| Some((rest.find(mark)?, *mark, *hole)))
            .min_by_key(|(at, ..)| *at)
        {
            parts.push((rest[..at].to_owned(), Some(hole)));
            rest = &rest[at + mark.len()..];
        }
        parts.push((rest.to_owned(), None));
        Self { parts }
    }

    /// Appends the record.
    pub(crate) fn fill(&self, id: &str, name: &str, digits: &str, out: &mut String) {
        for (text, hole) in &self.parts {
            out.push_str(text);
            match hole {
                Some(Hole::Id) => out.push_str(id),
                Some(Hole::Name) => out.push_str(name),
                Some(Hole::Digits) => out.push_str(digits),
                None => {}
            }
        }
    }
}

/// A record as it stands in a list, with its indent.
pub(crate) fn element(record: &Json, style: Style) -> String {
    let list = Json::List(vec![record.clone()]);
    match style {
        Style::Compress | Style::Ndjson => compressed(record),
        Style::Ps7 => inside(&ps7(&list)),
        Style::Ps51 => inside(&ps51(&list)),
    }
}

fn inside(list: &str) -> String {
    let list = list.trim_end();
    list[1..list.len() - 1]
        .trim_matches(['\r', '\n'])
        .to_owned()
}
