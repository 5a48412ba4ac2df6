//! Where users send their calls by their own settings.
//!
//! Which of the settings are in use is decided here; whether somebody takes the calls is the business of rules.

use super::{Answer, Ids, Merged, Tenant, User};
use crate::finding::Place;
use crate::snapshot::record::CallingSettingsRecord;
use crate::snapshot::{Field, Symbol, Text};

/// Somebody to whom a user sends calls.
#[derive(Clone, Debug)]
pub struct Forward {
    /// A SIP address or a telephone number.
    pub target: Text,
    /// The property that names it.
    pub property: &'static str,
    /// Where it stands.
    pub place: Place,
    /// Whether calls are sent there, or the target is only left over.
    pub in_use: Answer,
}

/// What `ForwardingTargetType` and `UnansweredTargetType` can say.
const TARGET_TYPES: [&str; 4] = ["SingleTarget", "Group", "Voicemail", "MyDelegates"];

impl Tenant {
    /// To whom calling settings send calls: always, unanswered, or as a call group. Targets that are not in use are left
    /// out where the settings tell that they are not.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/set-csusercallingsettings>.
    pub fn forwards_of(&self, settings: &Merged<CallingSettingsRecord>) -> Vec<Forward> {
        let ways = [
            (
                settings.forwarding,
                settings.forwarding_target,
                settings.forwarding_target_type,
                "ForwardingTarget",
            ),
            (
                settings.unanswered,
                settings.unanswered_target,
                settings.unanswered_target_type,
                "UnansweredTarget",
            ),
        ];
        let mut forwards = Vec::new();
        let mut group = Answer::No;
        for (on, target, leads_to, property) in ways {
            let in_use = match on {
                Field::Value(true) => Answer::Yes,
                Field::Value(false) | Field::Null => continue,
                Field::Absent => Answer::Unknown,
            };
            let is = |word: &str| self.is_word(leads_to, word);
            // A number in place of a word may mean any of them.
            let is_undocumented =
                leads_to.value().is_some() && !TARGET_TYPES.iter().any(|word| is(word));
            let is_single = leads_to.value().is_none() || is_undocumented || is("SingleTarget");
            let target = target.get().filter(|_| is_single);
            if let Some(target) = target {
                let place = settings.at(property);
                let in_use = if is_undocumented {
                    Answer::Unknown
                } else {
                    in_use
                };
                forwards.push(Forward {
                    target,
                    property,
                    place,
                    in_use,
                });
            }
            if is("Group") || is_undocumented || leads_to.is_absent() && target.is_none() {
                let told = is("Group") && in_use == Answer::Yes;
                match group {
                    Answer::Yes => {}
                    _ if told => group = Answer::Yes,
                    _ => group = Answer::Unknown,
                }
            }
        }
        let members = settings.call_group.value().into_iter().flatten();
        let members = members.enumerate().filter(|_| group != Answer::No);
        forwards.extend(members.map(|(index, member)| Forward {
            target: *member,
            property: "CallGroupTargets",
            place: settings.at("CallGroupTargets").element(index),
            in_use: group,
        }));
        forwards
    }

    fn is_word(&self, field: Field<Symbol>, word: &str) -> bool {
        let texts = &self.snapshot.texts;
        field
            .get()
            .is_some_and(|name| texts.symbol(name).eq_ignore_ascii_case(word))
    }

    /// Which users send calls to an account, in backticks, and where that is written.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csusercallingsettings>.
    pub fn forwards_to(&self, user: &User) -> &[(String, Place)] {
        let forwards = self.index.memo.forwards.get_or_init(|| self.all_forwards());
        let own = user.id.get().and_then(|id| forwards.get(&id));
        own.map_or(&[], Vec::as_slice)
    }

    /// The first to get the calls of a user that are forwarded at once and come back, and whether it is told of each account
    /// on their way that it forwards all calls; `None` where they do not come back.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/set-csusercallingsettings>.
    pub fn calls_come_back(&self, user: &User) -> Option<(&User, bool)> {
        let circles = self.index.memo.circles.get_or_init(|| self.all_circles());
        let is_told = circles.get(&user.id.get()?)?;
        let (first, _) = self.next_at_once(user)?;
        Some((self.users.get(first as usize)?, *is_told))
    }

    /// Where the account is that gets the calls of a user at once, and whether it is told that all of them go there.
    fn next_at_once(&self, user: &User) -> Option<(u32, bool)> {
        let settings = self.calling_settings(user)?;
        let way = settings.forwarding_type.get()?;
        let is = |word: &str| self.snapshot.texts.symbol(way).eq_ignore_ascii_case(word);
        if settings.forwarding.get() != Some(true) || is("Simultaneous") {
            return None;
        }
        let target = self.snapshot.texts.text(settings.forwarding_target.get()?);
        Some((self.place_by_address(target)?, is("Immediate")))
    }

    /// The accounts on circles. Each account is left once, however long the ways are that lead to one.
    fn all_circles(&self) -> Ids<bool> {
        let mut circles = Ids::default();
        // By which walk an account was met, and as the how-many-th of it.
        let mut met: Vec<Option<(u32, u32)>> = vec![None; self.users.len()];
        for start in 0..self.users.len() as u32 {
            let mut way: Vec<(u32, bool)> = Vec::new();
            let mut at = start;
            while let (Some(seen), Some(user)) =
                (met.get_mut(at as usize), self.users.get(at as usize))
            {
                if let Some((walk, from)) = *seen {
                    let circle = way.get(from as usize..).filter(|_| walk == start);
                    let circle = circle.unwrap_or_default();
                    let is_told = circle.iter().all(|(_, is_told)| *is_told);
                    let users = circle
                        .iter()
                        .filter_map(|(at, _)| self.users.get(*at as usize));
                    circles.extend(users.filter_map(|user| Some((user.id.get()?, is_told))));
                    break;
                }
                *seen = Some((start, way.len() as u32));
                let Some((next, is_told)) = self.next_at_once(user) else {
                    break;
                };
                way.push((at, is_told));
                at = next;
            }
        }
        circles
    }

    fn all_forwards(&self) -> Ids<Vec<(String, Place)>> {
        let texts = &self.snapshot.texts;
        let mut all: Ids<Vec<(String, Place)>> = Ids::default();
        for settings in self.directory.calling_settings.iter() {
            let address = settings.sip_uri.get().map(|address| texts.text(address));
            let owner = address.and_then(|address| self.user_by_address(address));
            let Some(owner) = owner.filter(|owner| !self.is_deleted(owner)) else {
                continue;
            };
            let forwards = self.forwards_of(settings).into_iter();
            for forward in forwards.filter(|forward| forward.in_use == Answer::Yes) {
                let target = self.user_by_address(texts.text(forward.target));
                if let Some(id) = target.and_then(|target| target.id.get())
                    && owner.id.get() != Some(id)
                {
                    let by = format!("`{}`", self.user_name(owner));
                    all.entry(id).or_default().push((by, forward.place));
                }
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenant::Addressee;
    use crate::tenant::testing::tenant;

    const USERS: &str = r#"[{"Identity":"00000000-0000-4000-8000-000000000001","UserPrincipalName":"a@contoso.example","SipAddress":"sip:a.smith@contoso.example","LineUri":null},
        {"Identity":"00000000-0000-4000-8000-000000000002","UserPrincipalName":"b@contoso.example","SipAddress":"sip:B@contoso.example","LineUri":null}]"#;

    fn with(users: &str, settings: &str) -> Tenant {
        let settings = format!(r#"[{{"SipUri":"sip:a.smith@contoso.example"{settings}}}]"#);
        tenant(&[
            ("Get-CsOnlineUser.json", users),
            ("Get-CsUserCallingSettings.json", &settings),
        ])
    }

    fn in_use(settings: &str) -> Vec<(&'static str, Answer)> {
        let tenant = with(USERS, settings);
        let settings = tenant.calling_settings(&tenant.users[0]);
        let forwards = tenant.forwards_of(settings.expect("settings by SIP address"));
        forwards
            .iter()
            .map(|forward| (forward.property, forward.in_use))
            .collect()
    }

    #[test]
    fn only_what_is_switched_on_is_in_use() {
        const GROUP: &str = r#","CallGroupTargets":["sip:b@contoso.example"]"#;
        let on = |target_type: &str| {
            format!(
                r#","IsForwardingEnabled":true,"ForwardingTarget":"sip:b@contoso.example"{target_type},"IsUnansweredEnabled":false,"UnansweredTarget":"sip:b@contoso.example"{GROUP}"#
            )
        };
        let single = [("ForwardingTarget", Answer::Yes)];
        assert_eq!(
            in_use(&on(r#","ForwardingTargetType":"SingleTarget""#)),
            single
        );
        assert_eq!(in_use(&on("")), single);
        let group = on(r#","ForwardingTargetType":"Group""#);
        assert_eq!(in_use(&group), [("CallGroupTargets", Answer::Yes)]);
        assert!(in_use(&on(r#","ForwardingTargetType":"Voicemail""#)).is_empty());
        assert!(in_use(&group.replace("true", "false")).is_empty());
        let either = [
            ("ForwardingTarget", Answer::Unknown),
            ("CallGroupTargets", Answer::Unknown),
        ];
        assert_eq!(in_use(&on(r#","ForwardingTargetType":1"#)), either);
        let untold = format!(r#","IsForwardingEnabled":true,"ForwardingTarget":null{GROUP}"#);
        assert_eq!(
            in_use(&untold),
            [("CallGroupTargets", Answer::Unknown)],
            "nothing tells where calls go"
        );
    }

    #[test]
    fn an_address_is_somebodys_by_sip_address_before_user_principal_name() {
        let off = r#","IsForwardingEnabled":false"#;
        let tenant = with(USERS, off);
        let whose = |address: &str| match tenant.addressee(address) {
            Addressee::Account(user) => tenant.user_name(user),
            other => format!("{other:?}"),
        };
        assert_eq!(whose("sip:A.Smith@contoso.example"), "a@contoso.example");
        assert_eq!(whose("sip:a@contoso.example"), "a@contoso.example");
        assert_eq!(whose("sip:b@contoso.example"), "b@contoso.example");
        assert_eq!(whose("sip:gone@contoso.example"), "Nobody");
        assert_eq!(whose("sip:gone@fabrikam.example"), "Elsewhere");
        let untold = with(&USERS.replace("SipAddress", "Other"), off);
        let gone = untold.addressee("sip:gone@contoso.example");
        assert!(matches!(gone, Addressee::Unknown), "{gone:?}");
        assert!(untold.may_have_calling_settings(&untold.users[0]));
        assert!(!tenant.may_have_calling_settings(&tenant.users[0]));
    }

    #[test]
    fn few_settings_among_many_accounts_are_found_by_each_of_their_owners() {
        const BY_SIP: &str = r#""SipAddress":"sip:A.Smith@contoso.example""#;
        const BY_NAME: &str = r#""UserPrincipalName":"a.smith@contoso.example""#;
        const ODD: &str = r#""UserPrincipalName":"Tag: a.smith@contoso.example""#;
        // Who has settings among a hundred accounts, and whether it is known at once of the others that they have none.
        let judge = |settings: &str, addresses: &[(usize, &str)]| -> (Vec<usize>, bool) {
            let user = |number: usize| {
                let own = addresses.iter().find(|(owner, _)| *owner == number);
                let address = own.map_or_else(
                    || format!(r#""SipAddress":"sip:{number}@contoso.example""#),
                    |(_, address)| (*address).to_owned(),
                );
                format!(r#"{{"Identity":"00000000-0000-4000-8000-{number:012}",{address}}}"#)
            };
            let users: Vec<String> = (0..100).map(user).collect();
            let users = format!("[{}]", users.join(","));
            let settings = format!(r#"[{{"SipUri":"{settings}","IsForwardingEnabled":false}}]"#);
            let tenant = tenant(&[
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsUserCallingSettings.json", &settings),
            ]);
            let has_settings =
                |number: &usize| tenant.calling_settings(&tenant.users[*number]).is_some();
            let owners = (0..100).filter(has_settings).collect();
            (owners, tenant.settings_owners().is_some())
        };
        let usual = "sip:a.smith@contoso.example";
        assert_eq!(judge(usual, &[]), (vec![], true));
        assert_eq!(judge(usual, &[(70, BY_SIP)]), (vec![70], true));
        assert_eq!(judge(usual, &[(70, BY_NAME)]), (vec![70], true));
        // An address finds one account only, so that all of them are asked.
        assert_eq!(
            judge(usual, &[(7, BY_SIP), (70, BY_SIP)]),
            (vec![7, 70], false)
        );
        // As do spellings that only a comparison of names sees through.
        assert_eq!(judge(usual, &[(70, ODD)]), (vec![70], false));
        for odd in [
            "sip: a.smith@contoso.example",
            "Tag:a.smith@contoso.example",
        ] {
            assert_eq!(judge(odd, &[(70, BY_SIP)]), (vec![70], false), "{odd}");
        }
    }

    #[test]
    fn who_sends_calls_to_an_account_is_found_by_it() {
        let settings = r#","IsForwardingEnabled":true,"ForwardingTarget":"sip:b@contoso.example","ForwardingTargetType":"SingleTarget""#;
        let tenant = with(USERS, settings);
        let by = tenant.forwards_to(&tenant.users[1]);
        assert_eq!(by.len(), 1);
        assert_eq!(by[0].0, "`a@contoso.example`");
        assert!(tenant.forwards_to(&tenant.users[0]).is_empty());
    }

    #[test]
    fn calls_come_back_to_those_on_a_circle_and_long_ways_to_it_are_walked_once() {
        // Each sends to the next one, and the last one to the second last.
        let count = 30_000;
        let (mut users, mut settings) = (Vec::new(), Vec::new());
        for number in 1..=count {
            let next = if number == count {
                count - 1
            } else {
                number + 1
            };
            let way = if number == count {
                "Other"
            } else {
                "Immediate"
            };
            users.push(format!(
                r#"{{"Identity":"00000000-0000-4000-8000-{number:012}","SipAddress":"sip:{number}@contoso.example"}}"#
            ));
            settings.push(format!(
                r#"{{"SipUri":"sip:{number}@contoso.example","IsForwardingEnabled":true,"ForwardingType":"{way}","ForwardingTarget":"sip:{next}@contoso.example"}}"#
            ));
        }
        let list = |records: Vec<String>| format!("[{}]", records.join(","));
        let tenant = tenant(&[
            ("Get-CsOnlineUser.json", &list(users)),
            ("Get-CsUserCallingSettings.json", &list(settings)),
        ]);
        let back: Vec<Option<bool>> = tenant
            .users
            .iter()
            .map(|user| Some(tenant.calls_come_back(user)?.1))
            .collect();
        let on_circle = back.iter().filter(|one| one.is_some()).count();
        assert_eq!(on_circle, 2);
        // Of one of them it is not told that all its calls go on.
        assert_eq!(back[count - 2..], [Some(false), Some(false)]);
    }
}
