//! Auto attendants and call queues, the resource accounts that serve them, and whether callers reach them directly.

use std::collections::HashMap;

use super::{AccountRole, Answer, App, Holder, Ids, Merged, ResourceAccount, Tenant};
use crate::finding::Place;
use crate::snapshot::record::{AssociationRecord, Record};
use crate::snapshot::{ExportKind, Field, ObjectId, PhoneNumber};

/// What an app is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AppKind {
    /// An auto attendant.
    AutoAttendant,
    /// A call queue.
    CallQueue,
}

impl AppKind {
    /// Its name in a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::AutoAttendant => "auto attendant",
            Self::CallQueue => "call queue",
        }
    }

    /// Its name as a `ConfigurationType`.
    pub fn configuration_type(self) -> &'static str {
        match self {
            Self::AutoAttendant => "AutoAttendant",
            Self::CallQueue => "CallQueue",
        }
    }

    /// The application id of resource accounts that are made for it.
    pub fn application_id(self) -> ObjectId {
        match self {
            Self::AutoAttendant => ObjectId::from_bits(0xce93_3385_9390_45d1_9512_c8d2_2807_4e07),
            Self::CallQueue => ObjectId::from_bits(0x11cd_3e2e_fccb_42ad_ad00_878b_9357_5e07),
        }
    }
}

/// The application id of auto attendants with Mainline.
const MAINLINE: ObjectId = ObjectId::from_bits(0x7d56_3055_b6cc_4d7a_93c1_38aa_762b_34ae);

/// What a resource account was made for, by its `ApplicationId`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Application {
    /// For auto attendants or for call queues.
    Teams(AppKind),
    /// For a bot or a contact center of somebody else.
    ThirdParty(ObjectId),
}

/// An app that a resource account serves.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its id.
    pub app: ObjectId,
    /// What it is, where the exports tell.
    pub kind: Option<AppKind>,
    /// Where the two are joined.
    pub place: Place,
}

impl Tenant {
    /// The auto attendant or call queue with that id.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csautoattendant>.
    pub fn app(&self, id: ObjectId) -> Option<&App> {
        let index = *self.index.apps.get(&id)?;
        self.apps.get(index as usize)
    }

    /// The resource accounts of an app, in order of id.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlineapplicationinstanceassociation>.
    pub fn accounts_of(&self, app: ObjectId) -> &[ObjectId] {
        self.index.app_accounts.get(&app).map_or(&[], Vec::as_slice)
    }

    /// Whether it can be said which apps a resource account serves.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlineapplicationinstanceassociation>.
    pub fn knows_associations(&self) -> bool {
        let snapshot = &self.snapshot;
        snapshot.has_export(ExportKind::OnlineApplicationInstanceAssociation)
            || (snapshot.has_property(ExportKind::AutoAttendant, "ApplicationInstances")
                && snapshot.has_property(ExportKind::CallQueue, "ApplicationInstances"))
    }

    /// What a resource account was made for; null where its application id is blank, absent where nothing tells.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/new-csonlineapplicationinstance>.
    pub fn application_of(&self, account: &ResourceAccount) -> Field<Application> {
        let Some(record) = &account.record else {
            return Field::Absent;
        };
        record.application.map(|id| {
            if id == AppKind::AutoAttendant.application_id() || id == MAINLINE {
                Application::Teams(AppKind::AutoAttendant)
            } else if id == AppKind::CallQueue.application_id() {
                Application::Teams(AppKind::CallQueue)
            } else {
                Application::ThirdParty(id)
            }
        })
    }

    /// The apps that a resource account serves. Its associations decide; where it has none, the apps that list it.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlineapplicationinstanceassociation>.
    pub fn services_of(&self, account: &ResourceAccount) -> Vec<Service> {
        let associated: Vec<Service> = self
            .associations_of(account)
            .iter()
            .filter_map(|association| {
                let app = association.app.get()?;
                Some(Service {
                    app,
                    kind: self.associated_kind(association).or(self.kind_of(app)),
                    place: association.at("ConfigurationType"),
                })
            })
            .collect();
        if !associated.is_empty() {
            return associated;
        }
        let listing = account.apps.iter().filter_map(|id| {
            let app = self.app(*id)?;
            let index = self.place_in_list(app, account.id)?;
            Some(Service {
                app: *id,
                kind: self.kind_of(*id),
                place: app.at("ApplicationInstances").element(index),
            })
        });
        listing.collect()
    }

    /// As the how-many-th of its resource accounts an app lists one first.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-cscallqueue>.
    pub fn place_in_list(&self, app: &App, account: ObjectId) -> Option<usize> {
        let listed = self.index.memo.listed.get_or_init(|| {
            let mut listed = HashMap::default();
            for app in &self.apps {
                let Some(id) = app.id.get() else { continue };
                for (account, place) in app.accounts.value().into_iter().flatten().zip(0..) {
                    listed.entry((id, *account)).or_insert(place);
                }
            }
            listed
        });
        let place = *listed.get(&(app.id.get()?, account))?;
        Some(place as usize)
    }

    /// The first app whose agents call with a resource account, and as the how-many-th of its calling IDs.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-cscallqueue>.
    pub fn called_with(&self, account: ObjectId) -> Option<(&App, usize)> {
        let called_with = self.index.memo.called_with.get_or_init(|| {
            let mut called_with = Ids::default();
            for (app, at) in self.apps.iter().zip(0..) {
                for (account, place) in app.calling_ids.value().into_iter().flatten().zip(0..) {
                    called_with.entry(*account).or_insert((at, place));
                }
            }
            called_with
        });
        let (app, place) = *called_with.get(&account)?;
        Some((self.apps.get(app as usize)?, place as usize))
    }

    /// Whether a resource account serves any app. Only auto attendants and call queues that were all exported, each
    /// with its accounts, can say no: associations are exported one by one, and an account without any is an error
    /// there, as is a call that failed.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlineapplicationinstanceassociation>.
    pub fn serves_app(&self, account: &ResourceAccount) -> Answer {
        let lost = |association: &Merged<AssociationRecord>| association.app.is_absent();
        if !account.apps.is_empty() {
            Answer::Yes
        } else if self.index.app_accounts_known && !self.associations_of(account).iter().any(lost) {
            Answer::No
        } else {
            Answer::Unknown
        }
    }

    /// How an administrator calls an app.
    pub fn app_name(&self, app: ObjectId) -> String {
        match self.app(app).and_then(|app| app.name.get()) {
            Some(name) => self.snapshot.texts.text(name).to_owned(),
            None => app.to_string(),
        }
    }

    /// The number that a resource account holds and where it stands: the inventory's, else the one of its own
    /// record, else its line URI.
    pub fn service_number(&self, account: &ResourceAccount) -> Option<(Place, String)> {
        if let Some(number) = self.numbers_held_by(account.id).first() {
            let place = number.record.at("TelephoneNumber");
            return Some((place, number.key.to_string()));
        }
        let own = account
            .record
            .as_ref()
            .and_then(|record| Some((record.at("PhoneNumber"), record.number.get()?)));
        let line = || {
            let user = self.user_of(account)?;
            Some((user.at("LineUri"), user.line_uri.get()?))
        };
        let (place, text) = own.or_else(line)?;
        let text = self.snapshot.texts.text(text);
        let shown = PhoneNumber::parse(text).map_or_else(|| text.to_owned(), |key| key.to_string());
        Some((place, shown))
    }

    fn associations_of(&self, account: &ResourceAccount) -> &[Merged<AssociationRecord>] {
        let list = &self.associations;
        let before = |id: Option<ObjectId>| id < Some(account.id);
        let start = list.partition_point(|association| before(association.account.get()));
        let len = list[start..]
            .partition_point(|association| association.account.get() == Some(account.id));
        &list[start..start + len]
    }

    fn associated_kind(&self, association: &Merged<AssociationRecord>) -> Option<AppKind> {
        let name = self.snapshot.texts.symbol(association.app_type.get()?);
        [AppKind::AutoAttendant, AppKind::CallQueue]
            .into_iter()
            .find(|kind| name.eq_ignore_ascii_case(kind.configuration_type()))
    }

    /// What an app is, by the export that lists it.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-cscallqueue>.
    pub fn kind_of(&self, app: ObjectId) -> Option<AppKind> {
        match self.app(app)?.origin().kind {
            ExportKind::AutoAttendant => Some(AppKind::AutoAttendant),
            ExportKind::CallQueue => Some(AppKind::CallQueue),
            _ => None,
        }
    }

    /// Whether a resource account holds a service number, by the inventory or by its own record.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/manage-resource-accounts>.
    pub fn has_number(&self, account: &ResourceAccount) -> Answer {
        if !self.numbers_held_by(account.id).is_empty() {
            return Answer::Yes;
        }
        let own = account.record.as_ref().map(|record| &record.number);
        let line = self.user_of(account).map(|user| &user.line_uri);
        let fields = [own, line];
        if fields.iter().flatten().any(|field| field.value().is_some()) {
            Answer::Yes
        } else if self.may_hold_more() {
            Answer::Unknown
        } else if self.knows_holders() || fields.iter().flatten().any(|field| field.is_null()) {
            Answer::No
        } else {
            Answer::Unknown
        }
    }

    /// Whether a holder that the inventory does not name holds no number.
    fn knows_holders(&self) -> bool {
        let kind = ExportKind::PhoneNumberAssignment;
        self.snapshot.has_property(kind, "AssignedPstnTargetId")
            && self.snapshot.incomplete(kind).is_none()
    }

    /// Whether callers reach an app directly: one of its accounts holds a number or is shared for calling.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/manage-resource-accounts>.
    pub fn is_directly_reachable(&self, app: ObjectId) -> Answer {
        let told = self
            .snapshot
            .has_export(ExportKind::OnlineApplicationInstanceAssociation)
            || self.app(app).is_some_and(|app| !app.accounts.is_absent());
        let mut answer = if told { Answer::No } else { Answer::Unknown };
        for id in self.accounts_of(app) {
            let shared = self
                .uses_of(*id)
                .iter()
                .any(|one| one.role == AccountRole::SharedCalling);
            if shared {
                return Answer::Yes;
            }
            match self
                .resource_account(*id)
                .map(|account| self.has_number(account))
            {
                Some(Answer::Yes) => return Answer::Yes,
                Some(Answer::No) => {}
                Some(Answer::Unknown) | None => answer = Answer::Unknown,
            }
        }
        answer
    }

    /// Who holds a number.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csphonenumberassignment>.
    pub fn holder_of(&self, number: &super::Number) -> Holder {
        number.holder
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenant::testing::tenant;

    const ONE: &str = "00000000-0000-4000-8000-000000000001";
    const APP: &str = "00000000-0000-4000-8000-00000000000a";
    const ATTENDANTS: (&str, &str) = ("Get-CsAutoAttendant.json", "[]");

    fn account(properties: &str) -> (&'static str, String) {
        let text = format!("[{{\"ObjectId\":\"{ONE}\",\"UserPrincipalName\":\"a\"{properties}}}]");
        ("Get-CsOnlineApplicationInstance.json", text)
    }

    /// A tenant with one account and these exports.
    fn with(properties: &str, files: &[(&str, &str)]) -> Tenant {
        let (name, text) = account(properties);
        let mut all = vec![(name, text.as_str())];
        all.extend(files);
        tenant(&all)
    }

    fn queue(accounts: &str) -> String {
        format!(
            "[{{\"Identity\":\"{APP}\",\"Name\":\"Sales\",\"RoutingMethod\":\"Serial\"{accounts}}}]"
        )
    }

    fn association(account: &str, app: &str, configuration_type: &str) -> String {
        format!(
            "[{{\"Id\":\"{account}\",\"ConfigurationId\":\"{app}\",\"ConfigurationType\":\"{configuration_type}\"}}]"
        )
    }

    const ASSOCIATIONS: &str = "Get-CsOnlineApplicationInstanceAssociation.json";

    #[test]
    fn application_ids_are_told_apart() {
        let made_for = |id: &str| {
            let tenant = with(&format!(",\"ApplicationId\":{id}"), &[]);
            tenant.application_of(&tenant.resource_accounts[0])
        };
        let attendant = Application::Teams(AppKind::AutoAttendant);
        assert_eq!(
            made_for("\"CE933385-9390-45D1-9512-C8D228074E07\""),
            Field::Value(attendant)
        );
        assert_eq!(
            made_for("\"7d563055-b6cc-4d7a-93c1-38aa762b34ae\""),
            Field::Value(attendant)
        );
        assert_eq!(
            made_for("\"11cd3e2e-fccb-42ad-ad00-878b93575e07\""),
            Field::Value(Application::Teams(AppKind::CallQueue))
        );
        assert!(matches!(
            made_for(&format!("\"{APP}\"")),
            Field::Value(Application::ThirdParty(_))
        ));
        assert_eq!(
            made_for("\"00000000-0000-0000-0000-000000000000\""),
            Field::Null
        );
        assert_eq!(made_for("null"), Field::Null);
        let tenant = with(",\"PhoneNumber\":null", &[]);
        assert_eq!(
            tenant.application_of(&tenant.resource_accounts[0]),
            Field::Absent
        );
    }

    #[test]
    fn services_come_from_associations_before_lists() {
        let listed = queue(&format!(",\"ApplicationInstances\":[\"{ONE}\"]"));
        let kinds = |files: &[(&str, &str)]| -> Vec<Option<AppKind>> {
            let tenant = with(",\"ApplicationId\":null", files);
            let services = tenant.services_of(&tenant.resource_accounts[0]);
            services.iter().map(|service| service.kind).collect()
        };
        let queues = ("Get-CsCallQueue.json", listed.as_str());
        assert_eq!(kinds(&[queues]), [Some(AppKind::CallQueue)]);
        let said = association(ONE, APP, "AutoAttendant");
        assert_eq!(
            kinds(&[queues, (ASSOCIATIONS, &said)]),
            [Some(AppKind::AutoAttendant)]
        );
        let unreadable = association(ONE, APP, "1");
        assert_eq!(
            kinds(&[queues, (ASSOCIATIONS, &unreadable)]),
            [Some(AppKind::CallQueue)]
        );
        assert_eq!(kinds(&[(ASSOCIATIONS, &unreadable)]), [None]);
        let of_another = association(APP, ONE, "AutoAttendant");
        assert_eq!(
            kinds(&[queues, (ASSOCIATIONS, &of_another)]),
            [Some(AppKind::CallQueue)]
        );
        assert_eq!(kinds(&[(ASSOCIATIONS, &of_another)]), []);
    }

    #[test]
    fn each_of_very_many_accounts_of_an_app_is_found_in_its_list() {
        const COUNT: usize = 50_000;
        let id = |at: usize| format!("00000000-0000-4000-8001-{at:012}");
        let ids: Vec<String> = (0..COUNT).map(|at| format!("\"{}\"", id(at))).collect();
        let ids = ids.join(",");
        let queue = queue(&format!(
            ",\"ApplicationInstances\":[{ids}],\"OboResourceAccountIds\":[{ids}]"
        ));
        let accounts: Vec<String> = (0..COUNT)
            .map(|at| format!(r#"{{"ObjectId":"{}","UserPrincipalName":"a{at}"}}"#, id(at)))
            .collect();
        let tenant = tenant(&[
            ("Get-CsCallQueue.json", &queue),
            (
                "Get-CsOnlineApplicationInstance.json",
                &format!("[{}]", accounts.join(",")),
            ),
        ]);
        assert_eq!(tenant.resource_accounts.len(), COUNT);
        for (account, at) in tenant.resource_accounts.iter().zip(0..) {
            let [service] = &tenant.services_of(account)[..] else {
                panic!("{account:?}");
            };
            assert_eq!(service.place.element, Some(at));
            let called = tenant.called_with(account.id).map(|(_, place)| place);
            assert_eq!(called, Some(at as usize));
        }
        let other = ObjectId::parse(APP).expect("an id");
        assert!(tenant.called_with(other).is_none());
    }

    #[test]
    fn only_all_apps_with_all_accounts_say_that_none_is_served() {
        let serves = |files: &[(&str, &str)]| {
            let tenant = with(",\"ApplicationId\":null", files);
            tenant.serves_app(&tenant.resource_accounts[0])
        };
        let none = queue(",\"ApplicationInstances\":null");
        let none = ("Get-CsCallQueue.json", none.as_str());
        assert_eq!(serves(&[ATTENDANTS, none]), Answer::No);
        assert_eq!(serves(&[none]), Answer::Unknown);
        assert_eq!(serves(&[ATTENDANTS]), Answer::Unknown);
        let bare = queue("");
        assert_eq!(
            serves(&[ATTENDANTS, ("Get-CsCallQueue.json", &bare)]),
            Answer::Unknown
        );
        // A loop that failed leaves no associations at all.
        assert_eq!(serves(&[(ASSOCIATIONS, "[]")]), Answer::Unknown);
        let said = association(ONE, APP, "CallQueue");
        assert_eq!(serves(&[(ASSOCIATIONS, &said)]), Answer::Yes);
        let complete = "{\"exports\":[{\"kind\":\"Get-CsCallQueue\",\"records\":9}]}";
        assert_eq!(
            serves(&[ATTENDANTS, none, ("manifest.json", complete)]),
            Answer::Unknown,
            "the manifest counts more queues"
        );
    }

    #[test]
    fn a_number_is_the_inventorys_then_its_own() {
        let number = |properties: &str, files: &[(&str, &str)]| {
            let tenant = with(properties, files);
            let account = &tenant.resource_accounts[0];
            let number = tenant.service_number(account);
            (tenant.has_number(account), number.map(|(_, number)| number))
        };
        let held = format!(
            "[{{\"TelephoneNumber\":\"14255550101\",\"NumberType\":\"DirectRouting\",\"AssignedPstnTargetId\":\"{ONE}\"}}]"
        );
        let held = ("Get-CsPhoneNumberAssignment.json", held.as_str());
        let own = ",\"PhoneNumber\":\"tel:+14255550102\"";
        assert_eq!(
            number(own, &[held]),
            (Answer::Yes, Some("+14255550101".to_owned()))
        );
        assert_eq!(
            number(own, &[]),
            (Answer::Yes, Some("+14255550102".to_owned()))
        );
        assert_eq!(number(",\"PhoneNumber\":null", &[]), (Answer::No, None));
        let unknown = ",\"ApplicationId\":null";
        assert_eq!(number(unknown, &[]), (Answer::Unknown, None));
        let other = held.1.replace(ONE, APP);
        let other = ("Get-CsPhoneNumberAssignment.json", other.as_str());
        assert_eq!(number(unknown, &[other]), (Answer::No, None));
        // An inventory that stopped early does not say who holds none.
        let cut = "{\"exports\":[{\"kind\":\"Get-CsPhoneNumberAssignment\",\"records\":9}]}";
        assert_eq!(
            number(unknown, &[other, ("manifest.json", cut)]),
            (Answer::Unknown, None)
        );
    }
}
