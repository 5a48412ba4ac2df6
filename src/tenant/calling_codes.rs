//! Calling codes: whose they are, and which numbers behind them are free to call.
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
    /// Whether all that look like it are.
    is_sure: bool,
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

    /// Whether a number behind the code is toll-free; `None` where only the numbering plans decide.
    pub(super) fn is_toll_free(&self, national: &str) -> Option<bool> {
        if self.toll_free.is_empty() {
            return Some(false);
        }
        let pattern = self.pattern.get_or_init(|| compile(self.toll_free));
        let matches = pattern
            .as_ref()
            .is_some_and(|pattern| pattern.is_match(national));
        // Many plans take a zero in front for something that is dialed and no part of the number.
        let is_in_doubt = matches && (!self.is_sure || national.starts_with('0'));
        (!is_in_doubt).then_some(matches)
    }
}

/// A pattern of the numbering plans, held to both ends of a number.
fn compile(pattern: &str) -> Option<Regex> {
    RegexBuilder::new(&format!("^(?:{pattern})$"))
        // Digits of other scripts are no part of telephone numbers.
        .unicode(false)
        .build()
        .ok()
}

static CODES: LazyLock<BTreeMap<u16, CallingCode>> = LazyLock::new(|| {
    let lines = include_str!("../../data/calling-codes.csv").lines().skip(1);
    lines
        .filter_map(|line| {
            let mut cells = line.splitn(4, ';');
            let code = cells.next()?.parse().ok()?;
            let known = CallingCode {
                country: Country::parse(cells.next()?),
                is_sure: cells.next()? == "sure",
                toll_free: cells.next()?,
                pattern: OnceLock::new(),
            };
            Some((code, known))
        })
        .collect()
});

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use phonenumber::metadata::DATABASE;

    use super::*;

    const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/calling-codes.csv");

    /// What a pattern matches, one by one: territories of one code share most of it.
    fn alternatives(pattern: &str) -> Vec<String> {
        let mut found = vec![String::new()];
        let mut depth = 0;
        for character in pattern.chars() {
            match character {
                '(' | '[' => depth += 1,
                ')' | ']' => depth -= 1,
                '|' if depth == 0 => {
                    found.push(String::new());
                    continue;
                }
                _ => {}
            }
            if let Some(last) = found.last_mut() {
                last.push(character);
            }
        }
        found
    }

    /// `SplitMix64`.
    fn next(state: &mut u64) -> u64 {
        *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = *state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Whether the numbering plans call all numbers toll-free that match the pattern and do not begin with a zero.
    fn is_sure(code: u16, pattern: &Regex) -> bool {
        let mut state = u64::from(code);
        let mut drawn = std::iter::repeat_with(|| next(&mut state)).take(60_000);
        let matching = drawn.by_ref().filter_map(|drawn| {
            let length = 5 + (drawn % 8) as usize;
            let start = ["8", "80", "800", "9", "1", "50"][(drawn >> 8) as usize % 6];
            let digits = format!("{start}{:012}", (drawn >> 16) % 1_000_000_000_000);
            let national = digits.get(..length)?;
            pattern.is_match(national).then(|| national.to_owned())
        });
        let mut matching = matching.take(20);
        matching.all(|national| {
            let number = phonenumber::parse(None, format!("+{code}{national}")).ok();
            let kind = number.map(|number| number.number_type(&DATABASE));
            kind == Some(phonenumber::Type::TollFree)
        })
    }

    /// The table as the numbering plans have it.
    fn generated() -> String {
        let mut table = "code;country;sure;toll-free\n".to_owned();
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
                .flat_map(|plan| {
                    let pattern = plan.national_number().as_str();
                    let pattern: String = pattern.split_whitespace().collect();
                    alternatives(&pattern)
                })
                .collect();
            patterns.sort_unstable();
            patterns.dedup();
            let country = country.unwrap_or_default();
            let pattern = patterns.join("|");
            let compiled = compile(&pattern).expect("the plans' patterns are regular expressions");
            let is_sure = pattern.is_empty() || is_sure(code, &compiled);
            let sure = if is_sure { "sure" } else { "" };
            let _ = writeln!(table, "{code};{country};{sure};{pattern}");
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
