//! Sizes as people write them: `500MB`, `64 GB`, `1.5GiB`.

/// Names of units and what they are, the longest first where one ends like another.
const UNITS: [(&str, u64); 9] = [
    ("kib", 1 << 10),
    ("mib", 1 << 20),
    ("gib", 1 << 30),
    ("tib", 1 << 40),
    ("kb", 1_000),
    ("mb", 1_000_000),
    ("gb", 1_000_000_000),
    ("tb", 1_000_000_000_000),
    ("b", 1),
];

/// Reads a size.
///
/// # Errors
/// When the text is none, in words that follow its name.
pub(super) fn parse(text: &str) -> Result<u64, String> {
    let lower = text.trim().to_ascii_lowercase();
    let unit = UNITS
        .iter()
        .find_map(|(name, factor)| Some((lower.strip_suffix(name)?, *factor)));
    let (number, factor) = unit.unwrap_or((&lower, 1));
    let (whole, part) = number
        .trim()
        .split_once('.')
        .unwrap_or((number.trim(), "0"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let size = || {
        let whole: u64 = whole.parse().ok()?;
        let digits = u32::try_from(part.len()).ok()?;
        let fraction = part
            .parse::<u64>()
            .ok()?
            .checked_mul(factor)?
            .checked_div(10_u64.checked_pow(digits)?)?;
        whole.checked_mul(factor)?.checked_add(fraction)
    };
    if !is_number(whole) || !is_number(part) {
        return Err("it is written like `500MB` or `64GB`".to_owned());
    }
    size()
        .filter(|size| *size > 0)
        .ok_or_else(|| "it is no size that a file can have".to_owned())
}

/// A size in the largest unit that fits it, as [`parse`] reads it.
pub(super) fn shown(size: u64) -> String {
    let fits = |(_, factor): &&(&str, u64)| *factor > 1 && size.is_multiple_of(*factor);
    let unit = UNITS[4..].iter().rev().find(fits);
    match unit {
        Some((name, factor)) => format!("{}{}", size / factor, name.to_ascii_uppercase()),
        None => format!("{size} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_they_are_written() {
        for (text, size) in [
            ("1", 1),
            ("500MB", 500_000_000),
            (" 64 gb ", 64_000_000_000),
            ("1.5GiB", 1_610_612_736),
            ("2TB", 2_000_000_000_000),
            ("7b", 7),
        ] {
            assert_eq!(parse(text), Ok(size), "{text}");
        }
        for text in [
            "",
            "GB",
            "-1",
            "1.",
            ".5GB",
            "1e3",
            "99999999TB",
            "0",
            "0.0001KB",
            "1 PB",
            "0x10",
            "1.99999999999999999999GB",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sizes_are_shown_so_that_they_can_be_typed() {
        for (size, text) in [
            (64_000_000_000, "64GB"),
            (1_500_000, "1500KB"),
            (12, "12 bytes"),
        ] {
            assert_eq!(shown(size), text);
        }
        assert_eq!(parse(&shown(2_000_000)), Ok(2_000_000));
    }
}
