//! The exit codes, once.

use std::process::ExitCode;

/// How a run ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Exit {
    /// Nothing at or above `--fail-on`.
    Clean,
    /// Findings, or problems with the input, at or above `--fail-on`.
    Findings,
    /// `--require-coverage`, and a rule was not evaluated or left subjects undecided.
    Incomplete,
    /// Could not audit: usage, an unreadable snapshot, a bad project file.
    CouldNotAudit,
}

impl Exit {
    /// The code that the process ends with.
    pub fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Findings => 1,
            Self::CouldNotAudit => 2,
            Self::Incomplete => 3,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_not_be_audited_wins_over_incomplete_over_findings() {
        let worst = [
            Exit::Findings,
            Exit::CouldNotAudit,
            Exit::Clean,
            Exit::Incomplete,
        ];
        assert_eq!(worst.into_iter().max(), Some(Exit::CouldNotAudit));
        assert!(Exit::Incomplete > Exit::Findings);
        assert_eq!(Exit::CouldNotAudit.code(), 2);
    }
}
