//! Numbers, ids and moments: what a text is read as is written as a text that is read as the same.

use tenantlint::snapshot::phone_number::is_strict_e164;
use tenantlint::snapshot::{Moment, ObjectId, PhoneNumber};

/// Holds it for each line of the input.
pub fn hold(data: &[u8]) {
    for line in String::from_utf8_lossy(data).split('\n') {
        number(line);
        id(line);
        moment(line);
    }
}

fn number(text: &str) {
    let Some(number) = PhoneNumber::parse(text) else {
        assert!(!is_strict_e164(text), "{text:?} is a number");
        return;
    };
    let digits = number.digits().to_owned();
    let most = usize::from(PhoneNumber::MAX_DIGITS);
    assert!((1..=most).contains(&digits.len()), "{text:?}: {digits}");
    let extension = number.extension();
    for digits in [Some(&digits), extension.as_ref()].into_iter().flatten() {
        assert!(
            digits.bytes().all(|byte| byte.is_ascii_digit()),
            "{text:?}: {digits}"
        );
    }
    assert_eq!(extension.is_some(), number.has_extension(), "{text:?}");
    // Nothing is made up: the digits stand in the text, in that order.
    let expected = digits
        .chars()
        .chain(extension.iter().flat_map(|text| text.chars()));
    let mut given = text.chars();
    for digit in expected {
        assert!(given.any(|one| one == digit), "{text:?} is no {number}");
    }
    let shown = number.to_string();
    for spelling in [
        shown.clone(),
        format!("tel:{shown}"),
        format!("=\"{shown}\""),
        format!(" {shown} "),
    ] {
        assert_eq!(
            PhoneNumber::parse(&spelling),
            Some(number),
            "{text:?} as {spelling}"
        );
    }
    assert_eq!(
        PhoneNumber::parse(&number.base().to_string()),
        Some(number.base()),
        "{text:?}"
    );
    if is_strict_e164(text) {
        assert_eq!(shown, text);
    }
}

fn id(text: &str) {
    let Some(id) = ObjectId::parse(text) else {
        return;
    };
    let shown = id.to_string();
    assert_eq!(shown.len(), 36, "{text:?}");
    for spelling in [
        shown.to_uppercase(),
        format!("{{{shown}}}"),
        shown.replace('-', ""),
    ] {
        assert_eq!(
            ObjectId::parse(&spelling),
            Some(id),
            "{text:?} as {spelling}"
        );
    }
    assert!(
        text.to_lowercase()
            .replace('-', "")
            .contains(&shown.replace('-', "")),
        "{text:?}"
    );
}

fn moment(text: &str) {
    let Some(moment) = Moment::parse(text) else {
        return;
    };
    let shown = moment.rfc3339();
    if shown == "unknown" {
        return;
    }
    assert_eq!(Moment::parse(&shown), Some(moment), "{text:?} as {shown}");
    let _ = moment.after_days(u64::MAX);
    if let Some(later) = moment.after_hours(24) {
        assert_eq!(moment.after_days(1), Some(later), "{text:?}");
        assert!(later > moment, "{text:?}");
    }
}
