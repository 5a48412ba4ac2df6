//! From records to the tenant: merge what several records tell of one object, then join objects once.

use std::collections::{HashMap, VecDeque};
use std::sync::OnceLock;

use foldhash::fast::FixedState;

use rayon::prelude::*;

use super::by_hash::ByHash;
use super::claims::claim;
use super::conferencing::Conferencing;
use super::directory::Directory;
use super::licenses::{forget_blank_licenses, license_details};
use super::merged::{Merged, merge, merge_by_key};
use super::named::{Named, fold};
use super::network::Network;
use super::numbers::{NumberIndex, holder_of};
use super::operators::canonical;
use super::routing::Routing;
use super::{Answer, Holder, Ids, Index, Number, Operator, ResourceAccount, Tenant, User};
use crate::finding::{Place, Problem, Severity};
use crate::snapshot::record::{NumberRecord, Record};
use crate::snapshot::{
    ExportKind, Field, Incomplete, ObjectId, PhoneNumber, Records, Snapshot, Text, Texts,
};
use crate::source::Span;

/// Builds the tenant of a snapshot.
pub fn build(mut snapshot: Snapshot) -> Tenant {
    let mut records = std::mem::take(&mut snapshot.records);
    records.shrink_to_fit();
    let manifests = std::mem::take(&mut records.manifests);
    let mut problems = Vec::new();
    let (mut tenant, unreadable) = objects(snapshot, records, &mut problems);
    if let Some(kind) = unreadable {
        blind_to_unreadable_numbers(&mut tenant.snapshot, kind);
    }
    tenant.snapshot.records.manifests = manifests;
    join(&mut tenant);
    tenant.problems = problems;
    tenant
}

/// A number that nobody can read is as good as missing: what follows from all numbers does not follow any more.
fn blind_to_unreadable_numbers(snapshot: &mut Snapshot, kind: ExportKind) {
    if let Some(export) = snapshot.exports.get_mut(&kind)
        && !export.incomplete.as_ref().is_some_and(|why| why.proven)
    {
        export.incomplete = Some(Incomplete {
            proven: true,
            why: format!("a number in `{}` cannot be read", kind.name()),
        });
    }
}

/// Joins the objects of a tenant, whatever was joined before.
pub(super) fn join(tenant: &mut Tenant) {
    tenant.index.memo = super::Memo::default();
    index_accounts(tenant);
    tenant.index.account_uses = super::uses::index(tenant);
    tenant.index.uses_lost = super::uses::is_lost(tenant);
    tenant.takes_over_numbers = match tenant.number_config.as_ref().map(|one| one.migration) {
        Some(Field::Value(yes)) => yes.into(),
        Some(Field::Null) => Answer::No,
        Some(Field::Absent) | None => Answer::Unknown,
    };
    // None of the two needs the other, and all go through long lists.
    let mut numbers = std::mem::take(&mut tenant.numbers);
    let ((index, by_operator), (lines, ())) = rayon::join(
        || {
            numbers
                .par_iter_mut()
                .with_min_len(MANY)
                .for_each(|number| number.holder = holder_of(number, tenant));
            let index = NumberIndex::of(&numbers, tenant);
            (index, claim(&mut numbers, tenant))
        },
        || {
            rayon::join(
                || super::lines::lines(tenant),
                || tenant.prepare_addresses(),
            )
        },
    );
    tenant.numbers = numbers;
    tenant.index.numbers = index;
    for (operator, numbers) in tenant.operators.iter_mut().zip(by_operator) {
        operator.numbers = numbers;
    }
    tenant.shared_lines = lines.shared;
    tenant.index.odd_lines = lines.odd;
    tenant.index.shared_by = super::lines::answered_by(tenant);
    index_routing(tenant);
}

/// The objects, and the export in which a number cannot be read.
fn objects(
    snapshot: Snapshot,
    mut records: Records,
    problems: &mut Vec<Problem>,
) -> (Tenant, Option<ExportKind>) {
    let texts = &snapshot.texts;
    if snapshot.exports.contains_key(&ExportKind::DeletedUser) {
        super::accounts::mark_deleted(&mut records.users);
    }
    let network = Network::build(&mut records, texts, problems);
    let conferencing = Conferencing::build(&mut records, texts, problems);
    let directory = Directory::build(&mut records, texts, problems);
    // The two long lists at the same time.
    let (users, numbers) = rayon::join(
        || {
            let mut problems = Vec::new();
            forget_blank_licenses(&mut records.users, &snapshot);
            let users = merge(records.users, |user| user.id.get(), texts, &mut problems);
            (users, problems)
        },
        || merge_numbers(records.numbers, texts),
    );
    let (users, of_users): (Vec<User>, _) = users;
    problems.extend(of_users);
    let (own_ids, own) = merge_by_key(
        records.resource_accounts,
        |account| account.id.get(),
        texts,
        problems,
    );
    let license_details = license_details(&records.license_details);
    let license_skus = super::skus::license_skus(&records.license_details);
    let (operator_ids, operators) = merge_by_key(
        records.operators,
        |operator| match operator.name.get() {
            Some(name) => Some(canonical(texts.symbol(name))),
            None => operator.id.get().map(|id| id.to_string()),
        },
        texts,
        problems,
    );
    let group = |group: &crate::snapshot::record::GroupPolicyRecord| {
        let policy_type = group.policy_type.get()?;
        Some((group.group.get()?, texts.symbol(policy_type).to_lowercase()))
    };
    let number_policy = |assignment: &crate::snapshot::record::NumberPolicyRecord| {
        let number = parse(texts, assignment.number.get()?)?;
        Some((
            number,
            texts.symbol(assignment.policy_type.get()?).to_lowercase(),
        ))
    };
    let associations = merge(
        records.associations,
        |association| Some((association.account.get()?, association.app.get())),
        texts,
        problems,
    );
    let (numbers, of_numbers, unreadable) = numbers;
    problems.extend(of_numbers);
    let number_config = merge(records.number_configs, |_| Some(()), texts, problems)
        .into_iter()
        .next();
    let tenant = Tenant {
        voice_applications_policies: Named::by_policy_name(
            records.voice_applications_policies,
            |p| p.name,
            texts,
            problems,
        ),
        dial_plans: Named::by_policy_name(records.dial_plans, |p| p.name, texts, problems),
        blocked_patterns: Named::build(
            records.blocked_patterns,
            |pattern| pattern.name.get().map(|name| texts.symbol(name).to_owned()),
            texts,
            problems,
        ),
        number_orders: Named::build(
            records.number_orders,
            |order| order.id.get().map(|id| texts.symbol(id).to_owned()),
            texts,
            problems,
        ),
        network,
        conferencing,
        directory,
        voice_routing_policies: Named::by_policy_name(
            records.voice_routing_policies,
            |p| p.name,
            texts,
            problems,
        ),
        pstn_usages: Named::by_policy_name(records.pstn_usages, |p| p.name, texts, problems),
        voice_routes: Named::by_policy_name(records.voice_routes, |p| p.name, texts, problems),
        gateways: Named::build(
            records.gateways,
            |gateway| gateway.fqdn.get().map(|name| texts.symbol(name).to_owned()),
            texts,
            problems,
        ),
        upgrade_policies: Named::by_policy_name(
            records.upgrade_policies,
            |p| p.name,
            texts,
            problems,
        ),
        calling_policies: Named::by_policy_name(
            records.calling_policies,
            |p| p.name,
            texts,
            problems,
        ),
        emergency_call_routing_policies: Named::by_policy_name(
            records.emergency_call_routing_policies,
            |p| p.name,
            texts,
            problems,
        ),
        emergency_calling_policies: Named::by_policy_name(
            records.emergency_calling_policies,
            |p| p.name,
            texts,
            problems,
        ),
        shared_calling_policies: Named::by_policy_name(
            records.shared_calling_policies,
            |p| p.name,
            texts,
            problems,
        ),
        caller_id_policies: Named::by_policy_name(
            records.caller_id_policies,
            |p| p.name,
            texts,
            problems,
        ),
        unassigned_numbers: Named::build(
            records.unassigned_numbers,
            |treatment| treatment.id.get().map(|id| texts.symbol(id).to_owned()),
            texts,
            problems,
        ),
        group_policies: merge(records.group_policies, group, texts, problems),
        number_policies: merge(records.number_policies, number_policy, texts, problems),
        locations: merge(
            records.locations,
            |location| location.id.get(),
            texts,
            problems,
        ),
        civic_addresses: merge(
            records.civic_addresses,
            |address| address.id.get(),
            texts,
            problems,
        ),
        skus: merge(records.skus, |sku| sku.id.get(), texts, problems),
        apps: merge(records.apps, |app| app.id.get(), texts, problems),
        organization: merge(records.tenants, |tenant| tenant.id.get(), texts, problems)
            .into_iter()
            .next(),
        resource_accounts: own_ids
            .into_iter()
            .zip(own)
            .map(|(id, record)| ResourceAccount {
                id,
                record: Some(record),
                user: None,
                apps: Vec::new(),
            })
            .collect(),
        operators: operator_ids
            .into_iter()
            .zip(operators)
            .map(|(identity, record)| Operator {
                identity,
                record,
                numbers: Vec::new(),
            })
            .collect(),
        numbers,
        shared_lines: Vec::new(),
        takes_over_numbers: Answer::Unknown,
        number_config,
        index: Index {
            license_details,
            license_skus,
            ..Index::default()
        },
        associations,
        users,
        problems: Vec::new(),
        snapshot,
    };
    (tenant, unreadable)
}

/// The number that a text of a record is.
pub(super) fn parse(texts: &Texts, text: Text) -> Option<PhoneNumber> {
    PhoneNumber::parse(texts.text(text))
}

/// Merges numbers by their digits and extension, and says what is wrong with them.
fn merge_numbers(
    records: Vec<NumberRecord>,
    texts: &Texts,
) -> (Vec<Number>, Vec<Problem>, Option<ExportKind>) {
    let mut problems = Vec::new();
    let key = |number: &NumberRecord| parse(texts, number.number.get()?);
    let keys: Vec<Option<PhoneNumber>> = records.par_iter().with_min_len(MANY).map(key).collect();
    let mut unread = records.iter().zip(&keys).filter(|(_, key)| key.is_none());
    let unread = unread.find_map(|(number, _)| Some((number.number.get()?, number.origin())));
    let mut keys = keys.into_iter();
    let (keys, records) = merge_by_key(records, |_| keys.next()?, texts, &mut problems);
    problems.extend(unread.map(|(text, record)| unreadable(texts.text(text), record.span)));
    let kind = unread.map(|(_, record)| record.kind);
    (numbers(keys, records), problems, kind)
}

/// Lists longer than this give memory back while they are used up.
const LARGE: usize = 4096;

/// Numbers that are not joined to anything yet.
fn numbers(mut keys: Vec<PhoneNumber>, mut records: Vec<Merged<NumberRecord>>) -> Vec<Number> {
    let mut numbers = VecDeque::with_capacity(records.len());
    // From the back, so that memory of records can be given back while numbers take theirs.
    while let (Some(key), Some(record)) = (keys.pop(), records.pop()) {
        numbers.push_front(Number {
            key,
            record,
            holder: Holder::Unknown,
            listed_operator: Answer::Unknown,
            operator: None,
        });
        if records.len() > LARGE && records.len() < records.capacity() / 8 * 7 {
            records.shrink_to_fit();
        }
    }
    numbers.into()
}

/// What is said of them.
const UNREADABLE: &str = "is no telephone number: its record cannot be judged, nor others like it";

/// Numbers that no one can read, such as Excel's `1.42556E+10`: one problem, at the first.
fn unreadable(text: &str, record: Span) -> Problem {
    Problem {
        severity: Severity::Warning,
        message: format!("`{text}` {UNREADABLE}"),
        place: Some(Place {
            records: [record].into(),
            field: crate::snapshot::spellings_of(
                ExportKind::PhoneNumberAssignment,
                "TelephoneNumber",
            ),
            element: None,
        }),
        also: None,
        exports: vec![ExportKind::PhoneNumberAssignment.name()],
        properties: None,
        rule: None,
        objects: 0,
        discriminator: String::new(),
    }
}

fn accounts_by_app(
    associations: &[Merged<crate::snapshot::record::AssociationRecord>],
) -> Ids<Vec<ObjectId>> {
    let mut by_app: Ids<Vec<ObjectId>> = Ids::default();
    for record in associations {
        if let (Some(account), Some(app)) = (record.account.get(), record.app.get()) {
            by_app.entry(app).or_default().push(account);
        }
    }
    by_app
}

fn users_by_id(users: &[User]) -> ByHash {
    let mut by_id = ByHash::with_capacity(users.len());
    for (user, index) in users.iter().zip(0..) {
        if let Some(id) = user.id.get() {
            by_id.insert(id, index);
        }
    }
    by_id
}

/// Joins accounts, resource accounts and apps.
fn index_accounts(tenant: &mut Tenant) {
    tenant.directory.forget_addresses();
    tenant.index.app_accounts = accounts_by_app(&tenant.associations);
    tenant
        .resource_accounts
        .retain(|account| account.record.is_some());
    for account in &mut tenant.resource_accounts {
        account.apps.clear();
    }
    let by_id = |list: Vec<Option<ObjectId>>| -> Ids<u32> {
        let mut by_id = Ids::with_capacity_and_hasher(list.len(), FixedState::default());
        by_id.extend(
            list.into_iter()
                .zip(0..)
                .filter_map(|(id, index)| Some((id?, index))),
        );
        by_id
    };
    // The directory lists resource accounts too: they count even where the other export lacks them.
    tenant.index.resource_accounts = by_id(
        tenant
            .resource_accounts
            .iter()
            .map(|account| Some(account.id))
            .collect(),
    );
    let missing = || -> Vec<ObjectId> {
        let users = tenant.users.iter();
        users
            .filter(|user| tenant.account_kind(user) == super::AccountKind::ResourceAccount)
            .filter_map(|user| user.id.get())
            .filter(|id| !tenant.index.resource_accounts.contains_key(id))
            .collect()
    };
    let (users, missing) = rayon::join(|| users_by_id(&tenant.users), missing);
    tenant.index.users = users;
    tenant
        .resource_accounts
        .extend(missing.into_iter().map(|id| ResourceAccount {
            id,
            record: None,
            user: None,
            apps: Vec::new(),
        }));
    tenant.resource_accounts.sort_by_key(|account| account.id);
    tenant.index.resource_accounts = by_id(
        tenant
            .resource_accounts
            .iter()
            .map(|account| Some(account.id))
            .collect(),
    );

    tenant.index.apps = by_id(tenant.apps.iter().map(|app| app.id.get()).collect());
    let complete = |kind| {
        tenant.snapshot.has_property(kind, "ApplicationInstances")
            && tenant.snapshot.incomplete(kind).is_none()
    };
    tenant.index.app_accounts_known = complete(ExportKind::AutoAttendant)
        && complete(ExportKind::CallQueue)
        && tenant.apps.iter().all(|app| !app.accounts.is_absent());
    for app in &tenant.apps {
        if let Some(id) = app.id.get() {
            let accounts = tenant.index.app_accounts.entry(id).or_default();
            accounts.extend(app.accounts.value().into_iter().flatten().copied());
        }
    }
    let mut apps: Vec<ObjectId> = tenant.index.app_accounts.keys().copied().collect();
    apps.sort_unstable();
    for app in apps {
        let accounts = tenant.index.app_accounts.entry(app).or_default();
        accounts.sort_unstable();
        accounts.dedup();
        for account in accounts {
            if let Some(index) = tenant.index.resource_accounts.get(account) {
                tenant.resource_accounts[*index as usize].apps.push(app);
            }
        }
    }
    let users = tenant.resource_accounts.iter();
    let users: Vec<_> = users
        .map(|account| tenant.place_of_user(account.id))
        .collect();
    for (account, user) in tenant.resource_accounts.iter_mut().zip(users) {
        account.user = user;
    }
}

/// Numbers of which the holders are looked up in one go.
const MANY: usize = 1024;

/// Joins usages to routes, and numbers to the policies assigned to them.
fn index_routing(tenant: &mut Tenant) {
    let texts = &tenant.snapshot.texts;
    let mut by_usage: HashMap<String, Vec<u32>, _> = HashMap::default();
    let mut order: Vec<(i64, u32)> = tenant
        .voice_routes
        .iter()
        .enumerate()
        .map(|(index, route)| (route.priority.get().unwrap_or(i64::MAX), index as u32))
        .collect();
    order.sort_unstable();
    for (_, index) in order {
        let Some(route) = tenant.voice_routes.iter().nth(index as usize) else {
            continue;
        };
        for usage in route.usages.value().into_iter().flatten() {
            let routes: &mut Vec<u32> = by_usage.entry(fold(texts.symbol(*usage))).or_default();
            if !routes.contains(&index) {
                routes.push(index);
            }
        }
    }
    let mut by_number: HashMap<PhoneNumber, Vec<u32>, _> = HashMap::default();
    for (index, assignment) in tenant.number_policies.iter().enumerate() {
        if let Some(number) = assignment.number.get().and_then(|text| parse(texts, text)) {
            by_number.entry(number).or_default().push(index as u32);
        }
    }
    tenant.index.routing = Routing {
        by_usage,
        incomplete: !tenant.snapshot.has_export(ExportKind::OnlineVoiceRoute)
            || tenant
                .snapshot
                .incomplete(ExportKind::OnlineVoiceRoute)
                .is_some()
            || tenant
                .voice_routes
                .iter()
                .any(|route| route.usages.is_absent()),
        patterns: (0..tenant.voice_routes.iter().len())
            .map(|_| OnceLock::new())
            .collect(),
        by_number,
    };
}
