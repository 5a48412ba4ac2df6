//! Silences findings that follow from a stronger one about the same subject.

use std::collections::HashSet;

use rayon::prelude::*;

use super::engine::Tally;
use crate::finding::{Draft, SubjectKind};
use crate::rules::{Rule, superseding};
use crate::snapshot::PhoneNumber;
use crate::tenant::{Holder, Tenant};

/// Sets apart what a stronger finding says already, and counts it. A rule that is off, not evaluated or has nothing to
/// say silences nobody, since it has no findings; nor does a finding that is `accepted`.
pub(super) fn silence(
    tenant: &Tenant,
    rules: &[Rule],
    tallies: &mut [Tally],
    accepted: impl Fn(&Rule, &Draft) -> bool + Sync,
) {
    let found: HashSet<&str> = rules
        .iter()
        .zip(tallies.iter())
        .filter(|(_, tally)| !tally.drafts.is_empty())
        .map(|(rule, _)| rule.page.code)
        .collect();
    let subjects: Vec<Option<Subjects>> = rules
        .par_iter()
        .zip(&*tallies)
        .map(|(rule, tally)| {
            let code = rule.page.code;
            let mut pairs = superseding::PAIRS.iter();
            // Where there is nothing to silence, nobody asks.
            let is_asked = pairs.any(|pair| pair.stronger == code && found.contains(pair.weaker));
            (is_asked && found.contains(code)).then(|| {
                tally
                    .drafts
                    .iter()
                    .filter(|draft| !accepted(rule, draft))
                    .flat_map(|draft| said(draft, tenant))
                    .collect()
            })
        })
        .collect();
    rules.par_iter().zip(tallies).for_each(|(rule, tally)| {
        let speaking: Vec<&Subjects> = superseding::stronger_than(rule.page.code)
            .filter_map(|code| rules.iter().position(|other| other.page.code == code))
            .filter_map(|index| subjects[index].as_ref())
            .collect();
        if speaking.is_empty() {
            return;
        }
        let silenced = tally.drafts.extract_if(.., |draft| {
            let own = answered_by(draft, tenant);
            speaking
                .iter()
                .any(|set| own.iter().any(|one| set.contains(one)))
        });
        tally.silenced.extend(silenced);
        tally.superseded += tally.silenced.len() as u64;
    });
}

/// Lets all speak again that were set apart.
pub(super) fn unsilence(tallies: &mut [Tally]) {
    for tally in tallies {
        tally.superseded -= tally.silenced.len() as u64;
        tally.drafts.append(&mut tally.silenced);
    }
}

/// What all findings of a rule are about.
type Subjects = HashSet<About, foldhash::fast::FixedState>;

/// What a finding is about, for comparing two of them: the same thing, or a number and the account that holds it. Two
/// numbers of one holder are two things.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum About {
    Itself(String),
    Account(String),
    NumberOf(String),
}

/// What a stronger finding is about.
fn said(draft: &Draft, tenant: &Tenant) -> Vec<About> {
    let id = draft.subject.id.clone();
    match draft.subject.kind {
        SubjectKind::Number => {
            let mut about = vec![About::Itself(id)];
            about.extend(holder_of(draft, tenant).map(About::NumberOf));
            about
        }
        SubjectKind::User | SubjectKind::ResourceAccount => {
            vec![About::Itself(id.clone()), About::Account(id)]
        }
        _ => vec![About::Itself(id)],
    }
}

/// What a stronger finding would be about that silences this one.
fn answered_by(draft: &Draft, tenant: &Tenant) -> Vec<About> {
    let id = draft.subject.id.clone();
    match draft.subject.kind {
        SubjectKind::Number => {
            let mut about = vec![About::Itself(id)];
            about.extend(holder_of(draft, tenant).map(About::Account));
            about
        }
        SubjectKind::User | SubjectKind::ResourceAccount => {
            vec![About::Itself(id.clone()), About::NumberOf(id)]
        }
        _ => vec![About::Itself(id)],
    }
}

fn holder_of(draft: &Draft, tenant: &Tenant) -> Option<String> {
    let number = tenant.number(PhoneNumber::parse(&draft.subject.id)?)?;
    holder(number.holder, tenant)
}

fn holder(holder: Holder, tenant: &Tenant) -> Option<String> {
    let id = match holder {
        Holder::User(index) => tenant.users.get(index as usize)?.id.get()?,
        Holder::ResourceAccount(index) => tenant.resource_accounts.get(index as usize)?.id,
        Holder::Unlisted(id) => id,
        _ => return None,
    };
    Some(id.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Label, Place, Remedy, Severity, Subject};
    use crate::source::{SourceId, Span};
    use crate::tenant::testing::tenant;

    const ID: &str = "00000000-0000-4000-8000-000000000001";

    fn draft(kind: SubjectKind, id: &str) -> Draft {
        let place = Place::whole(Span::start_of(SourceId(0)));
        Draft {
            severity: Severity::Error,
            subject: Subject::new(kind, id, id),
            discriminator: String::new(),
            message: String::new(),
            primary: Label::new(place, ""),
            related: Vec::new(),
            remedy: Remedy::default(),
        }
    }

    fn is_silenced(weak: (SubjectKind, &str), strong: (SubjectKind, &str)) -> bool {
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","AssignedPstnTargetId":"{ID}"}},
                {{"TelephoneNumber":"+12065550102","AssignedPstnTargetId":"{ID}"}}]"#
        );
        let tenant = tenant(&[("Get-CsPhoneNumberAssignment.json", &numbers)]);
        let said = said(&draft(strong.0, strong.1), &tenant);
        let asked = answered_by(&draft(weak.0, weak.1), &tenant);
        asked.iter().any(|one| said.contains(one))
    }

    #[test]
    fn a_number_and_its_holder_are_one_two_numbers_are_two() {
        let (user, account) = (SubjectKind::User, SubjectKind::ResourceAccount);
        let number = SubjectKind::Number;
        assert!(is_silenced((user, ID), (user, ID)));
        assert!(is_silenced((user, ID), (account, ID)));
        assert!(is_silenced((number, "+12065550101"), (user, ID)));
        assert!(is_silenced((user, ID), (number, "+12065550102")));
        assert!(is_silenced(
            (number, "+12065550101"),
            (number, "+12065550101")
        ));
        assert!(!is_silenced(
            (number, "+12065550101"),
            (number, "+12065550102")
        ));
        let other = "00000000-0000-4000-8000-000000000002";
        assert!(!is_silenced((user, other), (number, "+12065550101")));
        assert!(!is_silenced((user, other), (user, ID)));
    }

    #[test]
    fn who_holds_a_number_is_found_by_what_is_known_of_it() {
        const ACCOUNT: &str = "00000000-0000-4000-8000-000000000002";
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","AssignedPstnTargetId":"{ID}"}},
                {{"TelephoneNumber":"+12065550102","AssignedPstnTargetId":"{ACCOUNT}"}},
                {{"TelephoneNumber":"+12065550103","AssignedPstnTargetId":null}}]"#
        );
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User"}}]"#
        );
        let accounts = format!(
            r#"[{{"ObjectId":"{ACCOUNT}","ApplicationId":null,"UserPrincipalName":"ra@contoso.example"}}]"#
        );
        let tenant = tenant(&[
            ("Get-CsPhoneNumberAssignment.json", &numbers),
            ("Get-CsOnlineUser.json", &users),
            ("Get-CsOnlineApplicationInstance.json", &accounts),
        ]);
        let holder = |number: &str| holder_of(&draft(SubjectKind::Number, number), &tenant);
        assert_eq!(holder("+12065550101").as_deref(), Some(ID));
        assert_eq!(holder("+12065550102").as_deref(), Some(ACCOUNT));
        assert_eq!(holder("+12065550103"), None);
        assert_eq!(holder("+12065550104"), None);
    }
}
