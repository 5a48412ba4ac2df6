//! What follows from texts that repeat: worked out once for each of the few that there are, not for each account.

use std::sync::OnceLock;

use crate::snapshot::Symbol;

/// Answers by symbol.
#[derive(Debug)]
pub(super) struct BySymbol<T> {
    answers: [OnceLock<(Symbol, T)>; FEW],
}

/// How many texts have their answers kept: more than the types of accounts that a tenant has.
const FEW: usize = 32;

impl<T: Copy> BySymbol<T> {
    /// What follows from a text. `judge` is asked again where there are more than a few of them.
    pub(super) fn of(&self, symbol: Symbol, judge: impl FnOnce() -> T) -> T {
        for answer in &self.answers {
            match answer.get() {
                Some((known, answer)) if *known == symbol => return *answer,
                Some(_) => {}
                None => {
                    let told = judge();
                    // Another thread may have been faster, with another text: then this one is kept next time.
                    let _ = answer.set((symbol, told));
                    return told;
                }
            }
        }
        judge()
    }
}

impl<T> Default for BySymbol<T> {
    fn default() -> Self {
        Self {
            answers: std::array::from_fn(|_| OnceLock::new()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenant::testing::tenant;

    #[test]
    fn each_text_has_its_own_answer_and_few_are_judged_twice() {
        let id = "00000000-0000-4000-8000-0000000000";
        let user = |at| format!(r#"{{"Identity":"{id}{at:02}","AccountType":"type {at}"}}"#);
        let users: Vec<String> = (0..FEW + 4).map(user).collect();
        let users = format!("[{}]", users.join(","));
        let tenant = tenant(&[("Get-CsOnlineUser.json", &users)]);
        let symbols = tenant
            .users
            .iter()
            .filter_map(|user| user.account_type.get());
        let symbols: Vec<Symbol> = symbols.collect();
        assert_eq!(symbols.len(), FEW + 4);
        let known = BySymbol::default();
        let mut judged = 0;
        for _ in 0..3 {
            for (number, symbol) in symbols.iter().enumerate() {
                let answer = known.of(*symbol, || {
                    judged += 1;
                    number
                });
                assert_eq!(answer, number);
            }
        }
        assert_eq!(judged, FEW + 3 * 4);
    }
}
