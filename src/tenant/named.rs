//! Objects known by a name: policies, routes, usages, gateways.

use std::collections::HashMap;

use super::merged::{Merged, merge_by_key};
use crate::finding::Problem;
use crate::snapshot::record::Record;
use crate::snapshot::{Field, PolicyName, Texts};

/// Objects in order of their name; names are compared without case and without `Tag:`.
#[derive(Clone, Debug)]
pub struct Named<R> {
    list: Vec<Merged<R>>,
    by_name: HashMap<String, u32, foldhash::fast::FixedState>,
    /// Where the one for everybody is: it is looked up for each account.
    global: Option<u32>,
    /// Where those are that are looked up for each account, by their names as they are spelled.
    spelled: HashMap<PolicyName, u32, foldhash::fast::FixedState>,
}

impl<R: Record + Clone> Named<R> {
    /// Merges records by name.
    pub(super) fn build(
        records: Vec<R>,
        name: impl Fn(&R) -> Option<String>,
        texts: &Texts,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let (names, list) = merge_by_key(
            records,
            |record| name(record).map(|name| fold(&name)),
            texts,
            problems,
        );
        let by_name: HashMap<String, u32, _> = names.into_iter().zip(0..).collect();
        Self {
            list,
            global: by_name.get(GLOBAL).copied(),
            by_name,
            spelled: HashMap::default(),
        }
    }

    /// As [`Named::build`], of objects that are named as policies are: whoever names one spells it nearly always as it does
    /// itself.
    pub(super) fn by_policy_name(
        records: Vec<R>,
        name: impl Fn(&R) -> Field<PolicyName>,
        texts: &Texts,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let folded = |record: &R| {
            name(record)
                .get()
                .map(|name| texts.symbol(name.0).to_owned())
        };
        let mut policies = Self::build(records, folded, texts, problems);
        let spelled = policies.list.iter().zip(0..);
        policies.spelled = spelled
            .filter_map(|(policy, index)| Some((name(policy).get()?, index)))
            .collect();
        policies
    }
}

impl<R> Named<R> {
    /// The object of that name.
    pub fn find(&self, name: &str) -> Option<&Merged<R>> {
        let bare = crate::snapshot::cell::without_tag(name);
        let index = with_lowercase(bare, |folded| self.by_name.get(folded).copied());
        self.list.get(index? as usize)
    }

    /// The policy of that name.
    pub fn find_spelled(&self, name: PolicyName, texts: &Texts) -> Option<&Merged<R>> {
        match self.spelled.get(&name) {
            Some(index) => self.list.get(*index as usize),
            None => self.find(texts.symbol(name.0)),
        }
    }

    /// The policy for everybody to whom none is assigned.
    pub fn global(&self) -> Option<&Merged<R>> {
        self.list.get(self.global? as usize)
    }

    /// The object of that name, to change it.
    pub(super) fn find_mut(&mut self, name: &str) -> Option<&mut Merged<R>> {
        let index = *self.by_name.get(&fold(name))?;
        self.list.get_mut(index as usize)
    }

    /// Takes the object of that name away.
    pub(super) fn remove(&mut self, name: &str) -> Option<Merged<R>> {
        let index = self.by_name.remove(&fold(name))?;
        let others = self.by_name.values_mut();
        others.for_each(|other| *other -= u32::from(*other > index));
        self.global = self.by_name.get(GLOBAL).copied();
        self.spelled.clear();
        Some(self.list.remove(index as usize))
    }

    /// All objects, in order of name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Merged<R>> {
        self.list.iter()
    }
}

/// The name of the policy for everybody, as names are compared.
const GLOBAL: &str = "global";

/// What is made of a name in lower case. Names are looked up for each account: the usual ones are folded where they stand.
pub(super) fn with_lowercase<T>(name: &str, then: impl FnOnce(&str) -> T) -> T {
    let mut buffer = [0; 64];
    if let Some(folded) = buffer.get_mut(..name.len())
        && name.is_ascii()
    {
        folded.copy_from_slice(name.as_bytes());
        folded.make_ascii_lowercase();
        if let Ok(folded) = std::str::from_utf8(folded) {
            return then(folded);
        }
    }
    then(&name.to_lowercase())
}

/// A name as it is compared.
pub(super) fn fold(name: &str) -> String {
    crate::snapshot::cell::without_tag(name).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::record::CallingPolicyRecord;
    use crate::tenant::testing::tenant;

    #[test]
    fn the_policy_for_everybody_is_found_until_it_is_taken_away() {
        let policies = r#"[{"Identity":"Global","AllowPrivateCalling":true},{"Identity":"Tag:A"},{"Identity":"Tag:Z"}]"#;
        let tenant = tenant(&[("Get-CsTeamsCallingPolicy.json", policies)]);
        let mut policies = tenant.calling_policies.clone();
        let is_there = |policies: &Named<CallingPolicyRecord>| {
            let global = policies.global();
            global.is_some_and(|policy| policy.private_calling.get() == Some(true))
        };
        assert!(is_there(&policies));
        assert!(policies.remove("a").is_some());
        assert!(is_there(&policies));
        assert!(policies.remove("Tag:Global").is_some());
        assert!(!is_there(&policies) && policies.global().is_none());
        assert!(policies.find("z").is_some());
    }
}
