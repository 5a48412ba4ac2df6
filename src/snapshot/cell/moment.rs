//! Dates: a moment where the spelling tells one, else only that there is a date.

use super::{Cell, Reading};
use crate::snapshot::damage::Damage;
use crate::snapshot::field::Field;
use crate::snapshot::lax::Lax;
use crate::snapshot::texts::Texts;

/// A moment, in milliseconds since 1970.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Moment(pub i64);

impl Cell for Moment {
    const ALIKE_ACROSS_KINDS: bool = false;

    fn read(value: &Lax, _: &mut Reading) -> Option<Self> {
        // Windows PowerShell may wrap a date: {"value":"/Date(…)/","DisplayHint":2,"DateTime":"…"}.
        let text = value.member("value").unwrap_or(value).scalar()?;
        Self::parse(&text)
    }

    fn show(&self, _: &Texts, out: &mut Vec<String>) -> bool {
        let timestamp = jiff::Timestamp::from_millisecond(self.0);
        out.extend(timestamp.ok().map(|timestamp| timestamp.to_string()));
        true
    }

    fn field(value: &Lax, reading: &mut Reading) -> Field<Self> {
        if value.is_blank() {
            return Field::Null;
        }
        match Self::read(value, reading) {
            // Year one is how .NET spells no date.
            Some(Self(ms)) if ms <= -62_135_500_000_000 => Field::Null,
            Some(moment) => Field::Value(moment),
            // A date in the culture of whoever exported it: day and month cannot be told apart.
            None => Field::Absent,
        }
    }
}

impl Moment {
    /// The moment in RFC 3339; `unknown` beyond the year 9999.
    pub fn rfc3339(self) -> String {
        jiff::Timestamp::from_millisecond(self.0)
            .map_or_else(|_| "unknown".to_owned(), |timestamp| timestamp.to_string())
    }

    /// The moment so many days later; `None` where no calendar has it.
    pub fn after_days(self, days: u64) -> Option<Self> {
        let days = i64::try_from(days).ok()?;
        Some(Self(self.0.checked_add(days.checked_mul(86_400_000)?)?))
    }

    /// The moment so many hours later; `None` where no calendar has it.
    pub fn after_hours(self, hours: u64) -> Option<Self> {
        let hours = i64::try_from(hours).ok()?;
        Some(Self(self.0.checked_add(hours.checked_mul(3_600_000)?)?))
    }

    /// Reads ISO 8601 (a time without zone is taken as UTC) and `/Date(ms)/`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some((_, rest)) = text.split_once("Date(") {
            let digits = rest.split([')', '+']).next()?;
            // A zone suffix is written behind a sign; the number itself may be negative.
            let digits = match digits.get(1..).and_then(|tail| tail.find('-')) {
                Some(sign) => &digits[..=sign],
                None => digits,
            };
            return digits.parse().ok().map(Self);
        }
        if let Ok(timestamp) = text.parse::<jiff::Timestamp>() {
            return Some(Self(timestamp.as_millisecond()));
        }
        let civil = text.parse::<jiff::civil::DateTime>().ok()?;
        let zoned = civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        Some(Self(zoned.timestamp().as_millisecond()))
    }
}

/// That a date is there, and which: of a date in an unknown culture no more can be said than that.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Dated(pub Option<Moment>);

impl Cell for Dated {
    const ALIKE_ACROSS_KINDS: bool = false;

    fn read(value: &Lax, reading: &mut Reading) -> Option<Self> {
        Self::field(value, reading).get()
    }

    fn show(&self, texts: &Texts, out: &mut Vec<String>) -> bool {
        self.0.is_some_and(|moment| moment.show(texts, out))
    }

    fn field(value: &Lax, reading: &mut Reading) -> Field<Self> {
        match Moment::field(value, reading) {
            // Text is a date in the exporter's own culture; `false`, a number or a list is none at all.
            Field::Absent if matches!(value, Lax::Text(_)) && !value.is_cut() => {
                Field::Value(Self(None))
            }
            Field::Absent => {
                reading.damaged(Damage::Unreadable, value);
                Field::Absent
            }
            moment => moment.map(|moment| Self(Some(moment))),
        }
    }
}
