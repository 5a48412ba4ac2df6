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
    /// The object id of something else.
    Other,
    /// A moment, as a date and a time.
    Moment,
    /// The same in milliseconds since 1970.
    Milliseconds,
}

/// The last two are a moment, as one style and the other writes it.
const MARKS: [(&str, Hole); 6] = [
    ("\u{E000}", Hole::Id),
    ("\u{E001}", Hole::Name),
    ("\u{E002}", Hole::Digits),
    ("\u{E003}", Hole::Other),
    ("1999-01-02T03:04:05Z", Hole::Moment),
    ("915246245000", Hole::Milliseconds),
];

/// What fills the holes of one record.
#[derive(Debug, Default)]
pub(crate) struct Filling {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) digits: String,
    pub(crate) other: String,
    pub(crate) moment: String,
    pub(crate) milliseconds: String,
}

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
    pub(crate) fn fill(&self, filling: &Filling, out: &mut String) {
        for (text, hole) in &self.parts {
            out.push_str(text);
            out.push_str(match hole {
                Some(Hole::Id) => &filling.id,
                Some(Hole::Name) => &filling.name,
                Some(Hole::Digits) => &filling.digits,
                Some(Hole::Other) => &filling.other,
                Some(Hole::Moment) => &filling.moment,
                Some(Hole::Milliseconds) => &filling.milliseconds,
                None => "",
            });
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
