//! Calling codes: whose they are, and which numbers behind them may be free to call.
//!
//! The numbering plans of `phonenumber` say both, but reading them takes longer than checking a small tenant. So the
//! little that nearly every number needs stands in `data/calling-codes.csv`, which a test makes from those plans.

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use regex::{Regex, RegexBuilder};

use super::Country;

/// What is known of a calling code.
#[derive(Debug)]
pub(super) struct CallingCode {
    /// The country, where the code belongs to one alone.
    pub(super) country: Option<Country>,
    /// What toll-free numbers look like behind the code; blank where there are none.
    toll_free: &'static str,
    pattern: OnceLock<Option<Regex>>,
}

impl CallingCode {
    /// The code that digits begin with, and the digits behind it. No calling code begins another one.
    pub(super) fn of(digits: &str) -> Option<(&'static Self, &str)> {
        (1..=3).find_map(|length| {
            let (code, national) = digits.split_at_checked(length)?;
            Some((CODES.get(&code.parse().ok()?)?, national))
        })
    }

    /// Whether a number behind the code may be toll-free: if not, it is not.
    pub(super) fn may_be_toll_free(&self, national: &str) -> bool {
        if self.toll_free.is_empty() {
            return false;
        }
        let pattern = self.pattern.get_or_init(|| compile(self.toll_free));
        pattern
            .as_ref()
            .is_none_or(|pattern| pattern.is_match(national))
    }
}

/// A pattern of the numbering plans, held to the front of a number.
fn compile(pattern: &str) -> Option<Regex> {
    RegexBuilder::new(&format!("^(?:{pattern})"))
        // Digits of other scripts are no part of telephone numbers.
        .unicode(false)
        .build()
        .ok()
}

static CODES: LazyLock<BTreeMap<u16, CallingCode>> = LazyLock::new(|| {
    let lines = include_str!("../../data/calling-codes.csv").lines().skip(1);
    lines
        .filter_map(|line| {
            let mut cells = line.splitn(3, ';');
            let code = cells.next()?.parse().ok()?;
            let country = Country::parse(cells.next()?);
            let toll_free = cells.next()?;
            let pattern = OnceLock::new();
            Some((
                code,
                CallingCode {
                    country,
                    toll_free,
                    pattern,
                },
            ))
        })
        .collect()
});

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use phonenumber::metadata::DATABASE;

    use super::*;

    const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/calling-codes.csv");

    /// The table as the numbering plans have it.
    fn generated() -> String {
        let mut table = "code;country;toll-free\n".to_owned();
        for code in 1..1000_u16 {
            let Some(plans) = DATABASE.by_code(&code) else {
                continue;
            };
            let country = match DATABASE.region(&code).as_deref() {
                Some([one]) => Country::parse(one).map(|one| one.to_string()),
                _ => None,
            };
            let mut patterns: Vec<String> = plans
                .iter()
                .filter_map(|plan| plan.descriptors().toll_free())
                .map(|plan| plan.national_number().as_str().split_whitespace().collect())
                .collect();
            patterns.sort_unstable();
            patterns.dedup();
            let country = country.unwrap_or_default();
            let _ = writeln!(table, "{code};{country};{}", patterns.join("|"));
        }
        table
    }

    #[test]
    fn the_table_is_that_of_the_numbering_plans() {
        let generated = generated();
        if std::env::var_os("TENANTLINT_UPDATE").is_some() {
            std::fs::write(TABLE, &generated).expect("the table is written");
            return;
        }
        let table = std::fs::read_to_string(TABLE).expect("the table is there");
        assert!(
            table == generated,
            "run `TENANTLINT_UPDATE=1 cargo test calling_codes`"
        );
        assert!(CODES.len() > 200);
        for (code, known) in CODES.iter() {
            assert!(
                known.toll_free.is_empty() || compile(known.toll_free).is_some(),
                "{code}"
            );
        }
    }

    #[test]
    fn a_code_is_found_and_what_stands_behind_it() {
        let (code, national) = CallingCode::of("493012345678").expect("a code");
        assert_eq!(
            code.country.map(|one| one.to_string()).as_deref(),
            Some("DE")
        );
        assert_eq!(national, "3012345678");
        assert!(CallingCode::of("12065550101").is_some_and(|(code, _)| code.country.is_none()));
        assert!(CallingCode::of("999123").is_none());
        assert!(CallingCode::of("").is_none());
    }
}
