//! What a rule says of many subjects.

use super::Verdict;

/// Verdicts of one rule, in order of subject; of subjects in a row that passed only how many they are, since in a large
/// tenant that is nearly all of them.
#[derive(Default, Debug)]
pub struct Verdicts(Vec<Said>);

/// What is said of subjects in a row.
#[derive(Debug)]
pub enum Said {
    /// So many of them passed.
    Passed(u64),
    /// One of them did not.
    Other(Verdict),
}

impl Verdicts {
    /// Adds the verdict of the next subject.
    pub fn push(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::NotApplicable => {}
            Verdict::Passed => self.pass(1),
            other => self.0.push(Said::Other(other)),
        }
    }

    /// Adds those of further subjects.
    pub fn append(&mut self, more: Self) {
        for told in more {
            match told {
                Said::Passed(count) => self.pass(count),
                other @ Said::Other(_) => self.0.push(other),
            }
        }
    }

    fn pass(&mut self, count: u64) {
        match self.0.last_mut() {
            Some(Said::Passed(passed)) => *passed += count,
            _ => self.0.push(Said::Passed(count)),
        }
    }
}

impl IntoIterator for Verdicts {
    type Item = Said;
    type IntoIter = std::vec::IntoIter<Said>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl Extend<Verdict> for Verdicts {
    fn extend<I: IntoIterator<Item = Verdict>>(&mut self, verdicts: I) {
        for verdict in verdicts {
            self.push(verdict);
        }
    }
}

impl FromIterator<Verdict> for Verdicts {
    fn from_iter<I: IntoIterator<Item = Verdict>>(verdicts: I) -> Self {
        let mut all = Self::default();
        all.extend(verdicts);
        all
    }
}

/// Of a rule that has one verdict.
impl From<Verdict> for Verdicts {
    fn from(verdict: Verdict) -> Self {
        [verdict].into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_that_passed_are_counted_where_they_stand() {
        let unknown = || Verdict::Unknown("why");
        let mut all: Verdicts = [Verdict::Passed, Verdict::NotApplicable, Verdict::Passed]
            .into_iter()
            .collect();
        let more = [Verdict::Passed, unknown(), Verdict::Passed];
        all.append(more.into_iter().collect());
        all.append(unknown().into());
        let told: Vec<Said> = all.into_iter().collect();
        assert!(
            matches!(
                told[..],
                [
                    Said::Passed(3),
                    Said::Other(Verdict::Unknown(_)),
                    Said::Passed(1),
                    Said::Other(Verdict::Unknown(_))
                ]
            ),
            "{told:?}"
        );
    }
}
