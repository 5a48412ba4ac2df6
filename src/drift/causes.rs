//! Which change caused a new finding.
//!
//! A change can only have caused a finding if the rule reads what changed: its page says what that is. Of those, the
//! nearest one is named, along the references that lead from what the finding is about to policies, usages, routes,
//! gateways, locations and sites: ``voice route `FR-Nat`: `OnlinePstnGatewayList` lost `sbc1.contoso.example` ``.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::changes::Changed;
use crate::finding::{Finding, SubjectKind};
use crate::report::{ChangeKind, PropertyChange};
use crate::rules::Page;
use crate::snapshot::record::Record;
use crate::snapshot::{ExportKind, ObjectId, Texts};
use crate::source::{SourceId, Span};
use crate::tenant::lists::{ListOf, Listed, Visitor, each_list};
use crate::tenant::{Merged, Tenant};

/// References that are followed from what a finding is about.
const STEPS: usize = 5;

/// Finds causes.
pub(super) struct Causes<'t> {
    changes: &'t [Changed],
    tenants: [&'t Tenant; 2],
    /// Changes by identity: one object may be in several lists.
    by_id: HashMap<&'t str, Vec<usize>>,
    /// Changes by the place of their records.
    by_place: BTreeMap<(SourceId, u64), (u64, usize)>,
    config: Config,
    /// Ends of searches that were done: many findings have one start.
    known: HashMap<(&'static str, BTreeSet<String>), Option<usize>>,
}

impl<'t> Causes<'t> {
    /// Prepares the search.
    pub(super) fn new(changes: &'t [Changed], old: &'t Tenant, new: &'t Tenant) -> Self {
        let mut by_id: HashMap<&str, Vec<usize>> = HashMap::new();
        let mut by_place = BTreeMap::new();
        for (index, changed) in changes.iter().enumerate() {
            by_id.entry(&changed.change.id).or_default().push(index);
            for span in &changed.records {
                by_place.insert((span.source, span.start), (span.end(), index));
            }
        }
        let mut config = Config::default();
        each_list([old, new], &mut config.reading([old, new]));
        Self {
            changes,
            tenants: [old, new],
            by_id,
            by_place,
            config,
            known: HashMap::new(),
        }
    }

    /// The change that caused a finding, and in words what of it did.
    pub(super) fn of(&mut self, finding: &Finding, page: &Page) -> Option<(usize, String)> {
        let cause = self
            .subject(finding, page)
            .or_else(|| self.evidence(finding, page))
            .or_else(|| self.reference(finding, page))
            .or_else(|| self.only_one(finding, page))?;
        Some((cause, self.words(cause, page)))
    }

    /// What the finding is about changed itself.
    fn subject(&self, finding: &Finding, page: &Page) -> Option<usize> {
        let own = self.by_id.get(finding.subject.id.as_str())?;
        let kind = finding.subject.kind.name();
        let is_account = |kind: &str| matches!(kind, "user" | "resource-account");
        // A person and the person's settings have one id, as a resource account and its user have.
        let mut own = own.iter().copied().filter(|&index| {
            let changed = self.changes[index].change.kind;
            changed == kind
                || finding.subject.kind == SubjectKind::Tenant
                || is_account(kind)
                || ObjectId::parse(&finding.subject.id).is_some()
        });
        own.find(|&index| self.is_read(index, page))
    }

    /// A record that the finding points at changed.
    fn evidence(&self, finding: &Finding, page: &Page) -> Option<usize> {
        std::iter::once(&finding.location)
            .chain(&finding.related)
            .filter_map(|location| self.at(location.span))
            .find(|&index| self.is_read(index, page))
    }

    fn at(&self, span: Span) -> Option<usize> {
        let before = self.by_place.range(..=(span.source, span.start));
        let ((source, _), (end, index)) = before.into_iter().next_back()?;
        (*source == span.source && span.start < *end).then_some(*index)
    }

    /// Something that it refers to changed, directly or over others.
    fn reference(&mut self, finding: &Finding, page: &Page) -> Option<usize> {
        // What the finding itself speaks of is nearer than all that its subject refers to.
        let named = self.named_in(finding);
        if let Some(found) = self.search_from(named, page) {
            return Some(found);
        }
        let words = self.words_of(finding);
        let mut own = words
            .iter()
            .filter_map(|word| self.by_id.get(word.as_str()))
            .flatten();
        if let Some(&found) = own.find(|&&index| self.is_read(index, page)) {
            return Some(found);
        }
        self.search_from(words, page)
    }

    fn search_from(&mut self, start: BTreeSet<String>, page: &Page) -> Option<usize> {
        let key = (page.code, start);
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let found = self.search(&key.1, page);
        self.known.insert(key, found);
        found
    }

    /// Objects of the configuration that the words of a finding name, but for its subject.
    fn named_in(&self, finding: &Finding) -> BTreeSet<String> {
        let labels = finding.related.iter().map(|one| &*one.label);
        [finding.message.as_str(), &*finding.location.label]
            .into_iter()
            .chain(labels)
            // Every other part stands between backticks.
            .flat_map(|text| text.split('`').skip(1).step_by(2))
            .map(str::to_lowercase)
            .filter(|word| *word != finding.subject.id)
            .filter(|word| {
                self.config.by_name.contains_key(word) || self.config.by_usage.contains_key(word)
            })
            .collect()
    }

    fn search(&self, start: &BTreeSet<String>, page: &Page) -> Option<usize> {
        let mut seen: BTreeSet<usize> = BTreeSet::new();
        let mut words = start.clone();
        for _ in 0..STEPS {
            let mut reached: BTreeSet<usize> = BTreeSet::new();
            for word in &words {
                let named = self.config.by_name.get(word).into_iter().flatten();
                let used = self.config.by_usage.get(word).into_iter().flatten();
                for &node in named.chain(used) {
                    if reads(page, self.config.nodes[node].family) && seen.insert(node) {
                        reached.insert(node);
                    }
                }
            }
            let changed = reached
                .iter()
                .filter_map(|&node| {
                    let node = &self.config.nodes[node];
                    let own = self.by_id.get(node.id.as_str())?;
                    own.iter()
                        .copied()
                        .find(|&index| self.changes[index].change.kind == node.kind)
                })
                .find(|&index| self.is_read(index, page));
            if changed.is_some() || reached.is_empty() {
                return changed;
            }
            words = reached
                .into_iter()
                .flat_map(|node| self.config.nodes[node].words.iter().cloned())
                .collect();
        }
        None
    }

    /// What is not about any object of its own: one change alone can have done it.
    fn only_one(&self, finding: &Finding, page: &Page) -> Option<usize> {
        let of_whole = matches!(
            finding.subject.kind,
            SubjectKind::Tenant
                | SubjectKind::Export
                | SubjectKind::Sku
                | SubjectKind::NumberPool
                | SubjectKind::Operator
        );
        if !of_whole {
            return None;
        }
        let mut read = (0..self.changes.len()).filter(|&index| self.is_read(index, page));
        match (read.next(), read.next()) {
            (Some(only), None) => Some(only),
            _ => None,
        }
    }

    /// Whether the rule reads what changed.
    fn is_read(&self, index: usize, page: &Page) -> bool {
        let changed = &self.changes[index];
        match changed.change.what {
            ChangeKind::Added | ChangeKind::Removed => reads(page, changed.family),
            ChangeKind::Changed => {
                let properties = &changed.change.properties;
                properties
                    .iter()
                    .any(|one| reads_property(page, changed.family, one.property))
            }
        }
    }

    fn words(&self, index: usize, page: &Page) -> String {
        let changed = &self.changes[index];
        let change = &changed.change;
        match change.what {
            ChangeKind::Added | ChangeKind::Removed => change.sentence(),
            ChangeKind::Changed => {
                let told = change
                    .properties
                    .iter()
                    .filter(|one| reads_property(page, changed.family, one.property))
                    .map(PropertyChange::words);
                format!(
                    "{}: {}",
                    change.object(),
                    told.collect::<Vec<_>>().join("; ")
                )
            }
        }
    }

    /// What the records of the finding's subject refer to, in both snapshots.
    fn words_of(&self, finding: &Finding) -> BTreeSet<String> {
        let mut words = BTreeSet::from([finding.subject.id.clone()]);
        // Who has no policy of their own has the tenant's.
        words.insert("global".to_owned());
        let id = ObjectId::parse(&finding.subject.id);
        for tenant in self.tenants {
            let texts = &tenant.snapshot.texts;
            if let Some(id) = id {
                if let Some(user) = tenant.user(id) {
                    add_words(user, texts, &mut words);
                }
                if let Some(record) = tenant
                    .resource_account(id)
                    .and_then(|one| one.record.as_ref())
                {
                    add_words(record, texts, &mut words);
                }
            }
            if finding.subject.kind == SubjectKind::Number
                && let Some(number) = crate::snapshot::PhoneNumber::parse(&finding.subject.id)
                && let Some(number) = tenant.number(number)
            {
                add_words(&number.record, texts, &mut words);
            }
        }
        words
    }
}

fn reads(page: &Page, family: ExportKind) -> bool {
    needs(page).any(|need| need.export.family() == family)
}

fn reads_property(page: &Page, family: ExportKind, property: &str) -> bool {
    needs(page).any(|need| {
        need.export.family() == family
            && need
                .properties
                .iter()
                .any(|name| name.eq_ignore_ascii_case(property))
    })
}

fn needs(page: &Page) -> impl Iterator<Item = &crate::rules::Need> {
    page.needs
        .iter()
        .chain(page.any_of.iter().flatten())
        .chain(&page.refines)
        .chain(&page.partial_without)
}

fn add_words<R: Record>(record: &Merged<R>, texts: &Texts, words: &mut BTreeSet<String>) {
    record.each_value(texts, &mut |_, values| {
        for value in values {
            let value = value.trim().to_lowercase();
            // Of `911 (usage Emergency-US, mask 112)` each word may be a name.
            if value.contains('(') {
                let parts = value.split([' ', '(', ')', ',']);
                words.extend(parts.map(str::to_owned));
            }
            words.insert(value);
        }
    });
}

/// Policies, routes, locations and whatever else many accounts refer to.
#[derive(Default)]
struct Config {
    nodes: Vec<Node>,
    by_name: HashMap<String, Vec<usize>>,
    /// Voice routes by the usages that lead over them.
    by_usage: HashMap<String, Vec<usize>>,
}

struct Node {
    kind: &'static str,
    family: ExportKind,
    id: String,
    /// What it refers to.
    words: BTreeSet<String>,
}

/// Lists with an entry for each account or number: nothing refers to others over them.
const LARGE: [&str; 6] = [
    "user",
    "resource-account",
    "number",
    "conferencing-user",
    "calling-settings",
    "number-policy-assignment",
];

struct ConfigReader<'c, 't> {
    config: &'c mut Config,
    tenants: [&'t Tenant; 2],
}

impl Config {
    fn reading<'c, 't>(&'c mut self, tenants: [&'t Tenant; 2]) -> ConfigReader<'c, 't> {
        ConfigReader {
            config: self,
            tenants,
        }
    }
}

impl Visitor<2> for ConfigReader<'_, '_> {
    fn list<R: Record + Sync>(&mut self, of: ListOf, objects: [Vec<Listed<'_, R>>; 2]) {
        if LARGE.contains(&of.kind) {
            return;
        }
        let mut nodes: BTreeMap<String, (String, ExportKind, BTreeSet<String>)> = BTreeMap::new();
        for (tenant, objects) in self.tenants.iter().zip(objects) {
            for object in objects {
                let family = object.record.origin().kind.family();
                let (_, _, words) = nodes
                    .entry(object.id)
                    .or_insert_with(|| (object.name, family, BTreeSet::new()));
                add_words(object.record, &tenant.snapshot.texts, words);
            }
        }
        for (id, (name, family, words)) in nodes {
            let index = self.config.nodes.len();
            for key in BTreeSet::from([id.clone(), name.to_lowercase()]) {
                self.config.by_name.entry(key).or_default().push(index);
            }
            if of.kind == "voice-route" {
                for word in &words {
                    let used = self.config.by_usage.entry(word.clone()).or_default();
                    used.push(index);
                }
            }
            self.config.nodes.push(Node {
                kind: of.kind,
                family,
                id,
                words,
            });
        }
    }
}
