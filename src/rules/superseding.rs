//! One cause, one finding: which rule speaks where two of them see the same fault on the same subject.

/// A rule that speaks, and one that is silent about the same subject for as long as the first one speaks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pair {
    /// Code of the rule that speaks.
    pub stronger: &'static str,
    /// Code of the rule that is silent, and counts the subject as superseded.
    pub weaker: &'static str,
}

const fn pair(stronger: &'static str, weaker: &'static str) -> Pair {
    Pair { stronger, weaker }
}

/// All pairs, in order of the weaker rule: what its finding says follows from what the stronger one says, and one remedy
/// takes both away.
pub const PAIRS: &[Pair] = &[
    // Without a resource account there is no number either.
    pair("AA001", "AA003"),
    // People with voice have a rule of their own.
    pair("US001", "HY002"),
    // A device license that lacks Teams Phone says more than that Teams Phone is missing.
    pair("LI008", "LI001"),
    pair("LI001", "LI003"),
    // The number of a resource account is its own rule's.
    pair("RA013", "NU011"),
    pair("HY004", "OC002"),
    // A swap that went wrong says why the license is missing.
    pair("RA003", "RA001"),
    pair("RA015", "RA007"),
    pair("HY004", "RA013"),
    pair("OC002", "RA013"),
    // Whoever is homed on a server cannot be Teams Only before the move.
    pair("US004", "US001"),
    // The service switches Enterprise Voice off when the license goes.
    pair("LI001", "US002"),
    pair("RA001", "US002"),
    pair("LI001", "US007"),
    // Two accounts with one number: one of them cannot have it in the inventory.
    pair("NU003", "US011"),
];

/// The rules that speak instead of that one.
pub fn stronger_than(code: &str) -> impl Iterator<Item = &'static str> {
    PAIRS
        .iter()
        .filter(move |pair| pair.weaker == code)
        .map(|pair| pair.stronger)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_name_rules_and_never_go_round_in_a_circle() {
        for pair in PAIRS {
            for code in [pair.stronger, pair.weaker] {
                let rule = crate::rules::find(code).unwrap_or_else(|| panic!("no rule {code}"));
                assert_eq!(rule.page.code, code);
            }
            let mut above: Vec<&str> = stronger_than(pair.weaker).collect();
            let mut steps = 0;
            while let Some(code) = above.pop() {
                assert_ne!(code, pair.weaker, "{} is stronger than itself", pair.weaker);
                above.extend(stronger_than(code));
                steps += 1;
                assert!(
                    steps < PAIRS.len() * PAIRS.len(),
                    "a circle above {}",
                    pair.weaker
                );
            }
        }
    }

    #[test]
    fn the_table_is_in_order_and_says_nothing_twice() {
        let order: Vec<(&str, &str)> = PAIRS.iter().map(|p| (p.weaker, p.stronger)).collect();
        let mut sorted = order.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(order, sorted);
    }
}
