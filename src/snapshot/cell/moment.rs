//! Dates: a moment where the spelling tells one, else only that there is a date.

use std::cmp::Ordering;

use super::{Cell, Reading};
use crate::snapshot::damage::Damage;
use crate::snapshot::field::Field;
use crate::snapshot::handle::Handle;
use crate::snapshot::lax::Lax;
use crate::snapshot::texts::Texts;

/// A moment, in milliseconds since 1970.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Moment {
    low: u32,
    /// The bits above, counted from the earliest moment.
    high: Handle,
}

impl Cell for Moment {
    const ALIKE_ACROSS_KINDS: bool = false;

    fn read(value: &Lax, _: &mut Reading) -> Option<Self> {
        // Windows PowerShell may wrap a date: {"value":"/Date(…)/","DisplayHint":2,"DateTime":"…"}.
        let text = value.member("value").unwrap_or(value).scalar()?;
        Self::parse(&text)
    }

    fn show(&self, _: &Texts, out: &mut Vec<String>) -> bool {
        let timestamp = jiff::Timestamp::from_millisecond(self.ms());
        out.extend(timestamp.ok().map(|timestamp| timestamp.to_string()));
        true
    }

    fn field(value: &Lax, reading: &mut Reading) -> Field<Self> {
        if value.is_blank() {
            return Field::Null;
        }
        match Self::read(value, reading) {
            // Year one is how .NET spells no date.
            Some(moment) if moment.ms() <= -62_135_500_000_000 => Field::Null,
            Some(moment) => Field::Value(moment),
            // A date in the culture of whoever exported it: day and month cannot be told apart.
            None => Field::Absent,
        }
    }
}

/// How far back moments go: seventy million years.
const EARLIEST: i64 = -(1 << 61);

impl PartialOrd for Moment {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Moment {
    fn cmp(&self, other: &Self) -> Ordering {
        self.ms().cmp(&other.ms())
    }
}

impl Moment {
    /// The moment so many milliseconds after the beginning of 1970; `None` beyond what any export can mean.
    pub fn from_ms(ms: i64) -> Option<Self> {
        let above = u64::try_from(ms.checked_sub(EARLIEST)?).ok()?;
        Some(Self {
            low: above as u32,
            high: Handle::new((above >> 32) as usize)?,
        })
    }

    /// Milliseconds since the beginning of 1970.
    pub fn ms(self) -> i64 {
        let above = (self.high.number() as u64) << 32 | u64::from(self.low);
        EARLIEST.saturating_add_unsigned(above)
    }

    /// The moment in RFC 3339; `unknown` beyond the year 9999.
    pub fn rfc3339(self) -> String {
        Self::rfc3339_of(self.ms())
    }

    /// As [`Moment::rfc3339`], of milliseconds since 1970.
    pub fn rfc3339_of(ms: i64) -> String {
        jiff::Timestamp::from_millisecond(ms)
            .map_or_else(|_| "unknown".to_owned(), |timestamp| timestamp.to_string())
    }

    /// The moment so many days later; `None` where no calendar has it.
    pub fn after_days(self, days: u64) -> Option<Self> {
        let days = i64::try_from(days).ok()?;
        Self::from_ms(self.ms().checked_add(days.checked_mul(86_400_000)?)?)
    }

    /// The moment so many hours later; `None` where no calendar has it.
    pub fn after_hours(self, hours: u64) -> Option<Self> {
        let hours = i64::try_from(hours).ok()?;
        Self::from_ms(self.ms().checked_add(hours.checked_mul(3_600_000)?)?)
    }

    /// Reads ISO 8601 (a time without zone is taken as UTC) and `/Date(ms)/`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if memchr::memchr(b'(', text.as_bytes()).is_some()
            && let Some((_, rest)) = text.split_once("Date(")
        {
            let digits = rest.split([')', '+']).next()?;
            // A zone suffix is written behind a sign; the number itself may be negative.
            let digits = match digits.get(1..).and_then(|tail| tail.find('-')) {
                Some(sign) => &digits[..=sign],
                None => digits,
            };
            return Self::from_ms(digits.parse().ok()?);
        }
        if let Ok(timestamp) = text.parse::<jiff::Timestamp>() {
            return Self::from_ms(timestamp.as_millisecond());
        }
        let civil = text.parse::<jiff::civil::DateTime>().ok()?;
        let zoned = civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        Self::from_ms(zoned.timestamp().as_millisecond())
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

    fn same(&self, other: &Self, _: &Texts) -> bool {
        // What cannot be read contradicts nothing.
        self.0 == other.0 || self.0.is_none() || other.0.is_none()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_keep_their_milliseconds_and_their_order() {
        let all = [
            EARLIEST,
            i64::from(i32::MIN),
            -1,
            0,
            1,
            1_775_495_947_301,
            -EARLIEST - 1,
        ];
        let moments = all.map(|ms| Moment::from_ms(ms).unwrap());
        assert_eq!(moments.map(Moment::ms), all);
        assert!(moments.is_sorted());
        assert_eq!(Moment::from_ms(EARLIEST - 1), None);
        assert_eq!(Moment::from_ms(-EARLIEST), None);
        assert_eq!(Moment::from_ms(i64::MAX), None);
        assert_eq!(Moment::from_ms(i64::MIN), None);
        assert_eq!(size_of::<Field<Moment>>(), 8);
    }
}
