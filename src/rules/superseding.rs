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
    // The service switches Enterprise Voice off when the license goes.
    pair("LI001", "US002"),
    pair("RA001", "US002"),
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
