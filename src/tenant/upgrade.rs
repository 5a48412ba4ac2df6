//! Coexistence with Skype for Business: is somebody Teams-only?

use super::{Answer, Tenant, User};
use crate::finding::Place;
use crate::snapshot::{Field, documented};

/// How an account's coexistence mode was decided.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Coexistence {
    /// Whether the account is Teams-only.
    pub teams_only: Answer,
    /// What decided it.
    pub decided: Decided,
}

/// What decides a coexistence mode.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Decided {
    /// `TeamsUpgradeEffectiveMode` of the account, with its value.
    Mode(String),
    /// `TeamsUpgradePolicy` of the account, with its instance.
    Policy(String),
    /// The `Global` upgrade policy, with its mode, and where it stands.
    Global(String, Place),
    /// Nothing does.
    Nothing,
}

impl Tenant {
    /// Whether an account is Teams-only, and what says so.
    ///
    /// The effective mode decides; where it is blank, the assigned upgrade policy does; where that is blank too, the
    /// `Global` instance. A blank effective mode is unknown, never a mode: some modules return null for tenants that
    /// were born Teams-only. Nor does a mode that is not documented, whoever has it, say whether it is Teams-only.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/setting-your-coexistence-and-upgrade-settings>.
    pub fn coexistence(&self, user: &User) -> Coexistence {
        let texts = &self.snapshot.texts;
        if let Some(mode) = user.upgrade_mode.get() {
            let mode = texts.symbol(mode);
            return Coexistence {
                teams_only: is_teams_only(mode),
                decided: Decided::Mode(mode.to_owned()),
            };
        }
        if let Some(policy) = user.upgrade_policy.get() {
            let name = texts.symbol(policy.0);
            if !name.eq_ignore_ascii_case("Global") {
                return Coexistence {
                    teams_only: self.policy_is_teams_only(name),
                    decided: Decided::Policy(name.to_owned()),
                };
            }
        }
        // An unknown assignment could be any instance: the Global one then says nothing.
        let unassigned = !user.upgrade_policy.is_absent();
        if let Some(global) = self.upgrade_policies.global()
            && let Some(mode) = global.mode.get()
            && unassigned
        {
            let mode = texts.symbol(mode);
            return Coexistence {
                teams_only: is_teams_only(mode),
                decided: Decided::Global(mode.to_owned(), global.at("Mode")),
            };
        }
        Coexistence {
            teams_only: Answer::Unknown,
            decided: Decided::Nothing,
        }
    }

    /// Whether an administrator may change the coexistence mode of an account: unless the service says what keeps it.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlineuser>.
    pub fn may_change_mode(&self, user: &User) -> Answer {
        match user.upgrade_read_only {
            Field::Absent => Answer::Unknown,
            Field::Null => Answer::Yes,
            Field::Value(why) => {
                let why = self.snapshot.texts.symbol(why).trim();
                ["", "None", "False"]
                    .iter()
                    .any(|free| why.eq_ignore_ascii_case(free))
                    .into()
            }
        }
    }

    fn policy_is_teams_only(&self, name: &str) -> Answer {
        let mode = self
            .upgrade_policies
            .find(name)
            .and_then(|policy| policy.mode.get());
        match mode {
            Some(mode) => is_teams_only(self.snapshot.texts.symbol(mode)),
            // Microsoft's own instances carry their mode in their name.
            None => name
                .to_ascii_lowercase()
                .starts_with("upgradetoteams")
                .into(),
        }
    }
}

/// Whether a mode is Teams Only.
fn is_teams_only(mode: &str) -> Answer {
    match documented("Mode", mode) {
        Some("TeamsOnly") => Answer::Yes,
        Some(_) => Answer::No,
        None => Answer::Unknown,
    }
}
