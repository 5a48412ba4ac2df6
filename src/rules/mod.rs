//! The rules: a page and a function each, and the one list of them.
//!
//! A rule asks the tenant questions about one subject and answers with a [`Verdict`]. It never searches, never sees
//! the project file, and never learns where its findings go.
//!
//! The rules over [plans](plan) are a list of their own: they have pages here as all rules do, so that they are found,
//! explained and configured alike, and are judged where plans are.

mod american_policies;
mod choice;
pub mod emergency_calling;
pub mod hybrid;
mod license_removal;
pub mod licenses;
mod numbered;
pub mod numbers;
mod on_premises_line;
pub mod operator_connect;
pub mod operators;
mod option_types;
pub mod page;
pub mod plan;
mod reassignment;
pub mod resource_accounts;
pub mod snapshot;
pub mod superseding;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod upgrade_grant;
mod usage_location;
pub mod users;
mod verdicts;
pub mod voice_apps;
pub mod voice_routing;
mod voice_routing_removal;

use std::any::Any;
use std::sync::{Arc, LazyLock};

use crate::finding::Draft;
use crate::snapshot::{ExportKind, Moment};
use crate::tenant::{Number, Operator, ResourceAccount, Tenant, User};

pub use page::{Need, Page};
pub use verdicts::{Said, Verdicts};

/// A rule: its page, and the function that judges one subject.
#[derive(Clone, Debug)]
pub struct Rule {
    /// What users read about it.
    pub page: &'static Page,
    /// Over what it runs.
    pub check: Check,
    /// Its options, if it has any.
    pub options: Option<OptionsSpec>,
}

impl Rule {
    /// Over what it runs, one by one.
    pub fn checks(&self) -> impl Iterator<Item = Check> + use<> {
        let (one, several): (_, &[Check]) = match self.check {
            Check::Several(several) => (None, several),
            one => (Some(one), &[]),
        };
        one.into_iter().chain(several.iter().copied())
    }
}

/// Over what a rule runs. The engine walks each kind once, all its rules at each subject.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// Once for the tenant.
    Tenant(fn(&Cx) -> Verdict),
    /// At each account of the directory, resource accounts and guests included.
    User(fn(&User, &Cx) -> Verdict),
    /// At each telephone number.
    Number(fn(&Number, &Cx) -> Verdict),
    /// At each resource account.
    ResourceAccount(fn(&ResourceAccount, &Cx) -> Verdict),
    /// At each operator of the operators file.
    Operator(fn(&Operator, &Cx) -> Verdict),
    /// At each kind of export that the snapshot holds.
    Export(fn(&ExportSubject, &Cx) -> Verdict),
    /// Each of these: what accounts and numbers have in common is asked of each where it is walked to anyway.
    Several(&'static [Check]),
    /// Over a short list that the rule picks itself, such as policies or sites: one verdict for each.
    Each(fn(&Cx) -> Verdicts),
    /// Judged over a plan, never over a tenant: an audit has nothing to call.
    Plan,
}

/// A kind of export, as the subject of a rule.
#[derive(Debug)]
pub struct ExportSubject {
    /// The kind.
    pub kind: ExportKind,
}

/// What a rule has to say about one subject.
#[derive(Debug)]
pub enum Verdict {
    /// The rule does not speak of this subject.
    NotApplicable,
    /// Judged, and nothing is wrong.
    Passed,
    /// Judged, but the data do not decide; the reason, without full stop.
    Unknown(&'static str),
    /// A stronger finding of another rule speaks for this subject.
    Superseded,
    /// Something is wrong.
    Found(Box<Draft>),
    /// Several things are wrong, told apart by their discriminators.
    Several(Vec<Draft>),
}

/// What a rule sees besides its subject.
#[derive(Clone, Copy, Debug)]
pub struct Cx<'a> {
    /// The tenant to ask.
    pub tenant: &'a Tenant,
    /// The same tenant at an earlier time, if its snapshot was given: to ask only, since nothing can point into it.
    pub previous: Option<&'a Tenant>,
    /// The moment that stands for now; `None` where neither the exports nor the user tell one.
    pub now: Option<Moment>,
    options: Option<&'a (dyn Any + Send + Sync)>,
}

impl<'a> Cx<'a> {
    /// A context for one rule at the time of the exports, without an earlier snapshot.
    pub fn new(tenant: &'a Tenant, options: Option<&'a OptionValues>) -> Self {
        Self {
            tenant,
            previous: None,
            now: tenant.snapshot.now.map(|now| now.moment),
            options: options.map(|values| &*values.0),
        }
    }

    /// The same with an earlier snapshot of the tenant, and another moment for now.
    #[must_use]
    pub fn with(self, previous: Option<&'a Tenant>, now: Option<Moment>) -> Self {
        Self {
            previous,
            now: now.or(self.now),
            ..self
        }
    }

    /// The rule's options, of the type that its [`OptionsSpec`] was made from.
    ///
    /// # Panics
    /// When a rule asks for another type than it declared: a bug that its own tests show.
    pub fn options<T: 'static>(&self) -> &'a T {
        self.options
            .and_then(|values| values.downcast_ref())
            .expect("bug: a rule asked for options that it did not declare")
    }
}

/// Typed options of one rule, shared between threads.
#[derive(Clone, Debug)]
pub struct OptionValues(Arc<dyn Any + Send + Sync>);

/// How a rule's options are read; they arrive as JSON values, whatever the project file is written in.
#[derive(Clone, Copy, Debug)]
pub struct OptionsSpec {
    /// Reads a map of options; what is not named keeps its default.
    pub parse: fn(serde_json::Value) -> Result<OptionValues, String>,
    /// Names of the options.
    pub names: &'static [&'static str],
}

impl OptionsSpec {
    /// The options of type `T`.
    pub const fn of<T>(names: &'static [&'static str]) -> Self
    where
        T: serde::de::DeserializeOwned + Send + Sync + 'static,
    {
        Self {
            parse: |value| {
                serde_json::from_value::<T>(value)
                    .map(|options| OptionValues(Arc::new(options)))
                    .map_err(|error| error.to_string())
            },
            names,
        }
    }

    /// The options when nothing is configured.
    ///
    /// # Panics
    /// When the options have a field without default: a bug that the rule's own tests show.
    pub fn defaults(self) -> OptionValues {
        (self.parse)(serde_json::Value::Object(serde_json::Map::new()))
            .expect("bug: every option has a default")
    }
}

/// What a rule's file declares: the page's text comes with the binary.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Declared {
    pub(crate) category: &'static str,
    pub(crate) name: &'static str,
    pub(crate) text: &'static str,
    pub(crate) check: Check,
    pub(crate) options: Option<OptionsSpec>,
}

/// Declares a rule from its category, its name and its check; a page that does not exist does not compile.
macro_rules! rule {
    ($category:literal, $name:literal, $check:expr) => {
        $crate::rules::rule!($category, $name, $check, None)
    };
    ($category:literal, $name:literal, $check:expr, $options:expr) => {
        $crate::rules::Declared {
            category: $category,
            name: $name,
            text: include_str!(concat!("../../../rules/", $category, "/", $name, ".md")),
            check: $check,
            options: $options,
        }
    };
}
pub(crate) use rule;

/// All rules over tenants, in order of code.
///
/// # Panics
/// When a page is malformed: the tests hold that none is.
pub fn all() -> &'static [Rule] {
    static ALL: LazyLock<Vec<Rule>> = LazyLock::new(|| {
        read(&[
            emergency_calling::RULES,
            hybrid::RULES,
            licenses::RULES,
            numbers::RULES,
            operator_connect::RULES,
            operators::RULES,
            resource_accounts::RULES,
            snapshot::RULES,
            users::RULES,
            voice_apps::RULES,
            voice_routing::RULES,
        ])
    });
    &ALL
}

/// All rules over plans, in order of code. They are apart, so that a report about a tenant does not count them.
///
/// # Panics
/// When a page is malformed: the tests hold that none is.
pub fn of_plans() -> &'static [Rule] {
    static OF_PLANS: LazyLock<Vec<Rule>> = LazyLock::new(|| read(&[plan::RULES]));
    &OF_PLANS
}

/// All rules that can be named, those over tenants and those over plans, in order of code.
///
/// # Panics
/// When a page is malformed: the tests hold that none is.
pub fn known() -> &'static [Rule] {
    static KNOWN: LazyLock<Vec<Rule>> = LazyLock::new(|| {
        let mut rules = [all(), of_plans()].concat();
        rules.sort_by_key(|rule| rule.page.code);
        rules
    });
    &KNOWN
}

/// The rule of that name or code, in any case, whether it is over tenants or over plans.
pub fn find(name_or_code: &str) -> Option<&'static Rule> {
    known().iter().find(|rule| {
        rule.page.name.eq_ignore_ascii_case(name_or_code)
            || rule.page.code.eq_ignore_ascii_case(name_or_code)
    })
}

/// Codes of the rules that cannot be trusted when these properties of an export cannot; `None` stands for all of them.
pub fn blinded_by(
    export: ExportKind,
    properties: Option<&[&'static str]>,
) -> impl Iterator<Item = &'static Rule> {
    let family = export.family();
    all().iter().filter(move |rule| {
        let needs = rule.page.all_needs().chain(&rule.page.refines);
        needs.into_iter().any(|need| {
            need.export == family
                && properties.is_none_or(|damaged| {
                    damaged
                        .iter()
                        .any(|name| need.properties.iter().any(|own| own == name))
                })
        })
    })
}

/// Rules from what their files declare, in order of code.
fn read(declared: &[&[Declared]]) -> Vec<Rule> {
    let mut rules: Vec<Rule> = declared
        .iter()
        .flat_map(|category| category.iter())
        .map(|rule| {
            let page = Page::read(rule.category, rule.name, rule.text);
            let page = page.unwrap_or_else(|error| panic!("bug: page of `{}`: {error}", rule.name));
            Rule {
                // Read once, and there as long as the program is.
                page: Box::leak(Box::new(page)),
                check: rule.check,
                options: rule.options,
            }
        })
        .collect();
    rules.sort_by_key(|rule| rule.page.code);
    rules
}
