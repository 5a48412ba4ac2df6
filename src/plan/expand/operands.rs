//! What the fields of a step name, looked up in the tenant as it is when the step begins.

use std::ops::Range;

use crate::plan::resolve::{Names, Thing};
use crate::plan::state::State;
use crate::plan::step::{Fault, Name, Step};
use crate::plan::vocabulary::Of;
use crate::snapshot::{ObjectId, PhoneNumber};

/// The fields of one step.
pub(in crate::plan) struct Operands<'a> {
    /// The step.
    pub(in crate::plan) step: &'a Step,
    /// The tenant as it is when the step begins.
    pub(in crate::plan) state: &'a State,
    /// Everything that has a name.
    pub(in crate::plan) names: &'a mut Names,
    /// Names that are not there.
    pub(in crate::plan) missing: Vec<Fault>,
    /// Names of which the exports do not tell whether they are there.
    pub(in crate::plan) untold: Vec<Name>,
    /// Whether something is missing without which the step would do something else than it says.
    pub(in crate::plan) is_broken: bool,
}

/// Fields that name what a step is done for, one by one.
const EACH: [&str; 3] = ["users", "numbers", "accounts"];

/// Something that a step names, with the bytes of its name.
pub(in crate::plan) type Placed<T> = (T, Range<usize>);

impl<'a> Operands<'a> {
    pub(in crate::plan) fn new(step: &'a Step, state: &'a State, names: &'a mut Names) -> Self {
        Self {
            step,
            state,
            names,
            missing: Vec::new(),
            untold: Vec::new(),
            is_broken: false,
        }
    }

    /// The accounts of a field, in order; of those that are not there, none.
    pub(in crate::plan) fn accounts(&mut self, field: &str) -> Vec<Placed<ObjectId>> {
        self.objects(field, Of::Account, None, &ObjectId::parse)
    }

    /// The account of a field.
    pub(in crate::plan) fn account(&mut self, field: &str) -> Option<Placed<ObjectId>> {
        self.accounts(field).into_iter().next()
    }

    /// The numbers of a field, whether the inventory lists them or not.
    pub(in crate::plan) fn numbers(&mut self, field: &str) -> Vec<Placed<PhoneNumber>> {
        let names = self.step.names(field);
        let mut numbers = Vec::with_capacity(names.len());
        for name in names {
            let found = self
                .names
                .resolve(&self.state.tenant, Of::Number, name, None);
            match found {
                Ok(Thing::Number(number) | Thing::NewNumber(number)) => {
                    numbers.push((number, name.bytes.clone()));
                }
                Ok(_) => {}
                Err(fault) => self.lack(field, fault),
            }
        }
        numbers
    }

    /// The number of a field.
    pub(in crate::plan) fn number(&mut self, field: &str) -> Option<Placed<PhoneNumber>> {
        self.numbers(field).into_iter().next()
    }

    /// The SKUs of a field, each once.
    pub(in crate::plan) fn licenses(&mut self, field: &str) -> Vec<ObjectId> {
        let mut skus = Vec::new();
        for name in self.step.names(field) {
            match self
                .names
                .resolve(&self.state.tenant, Of::License, name, None)
            {
                Ok(Thing::License(sku)) if skus.contains(&sku) => {}
                Ok(Thing::License(sku)) => skus.push(sku),
                Ok(_) => {}
                Err(fault) => self.lack(field, fault),
            }
        }
        skus
    }

    /// The SKU of a field.
    pub(in crate::plan) fn license(&mut self, field: &str) -> Option<ObjectId> {
        self.licenses(field).into_iter().next()
    }

    /// The identity of the operator of a field.
    pub(in crate::plan) fn operator(&mut self, field: &str) -> Option<Placed<String>> {
        self.named(field, Of::Operator, None).into_iter().next()
    }

    /// The emergency location of a field.
    pub(in crate::plan) fn location(&mut self, field: &str) -> Option<Placed<ObjectId>> {
        let found = self.objects(field, Of::Location, None, &ObjectId::parse);
        found.into_iter().next()
    }

    /// The auto attendant or call queue of a field.
    pub(in crate::plan) fn app(&mut self, field: &str) -> Option<Placed<ObjectId>> {
        let found = self.objects(field, Of::App, None, &ObjectId::parse);
        found.into_iter().next()
    }

    /// The group of a field. A group need not be exported: its id is enough.
    pub(in crate::plan) fn group(&mut self, field: &str) -> Option<Placed<ObjectId>> {
        let [name] = self.step.names(field) else {
            return None;
        };
        if let Some(id) = ObjectId::parse(&name.text) {
            return Some((id, name.bytes.clone()));
        }
        let found = self.objects(field, Of::Group, None, &ObjectId::parse);
        found.into_iter().next()
    }

    /// A policy of a field, of that type, that may be `Global`.
    pub(in crate::plan) fn policy_or_global(
        &mut self,
        field: &str,
        policy_type: &'static str,
    ) -> Option<Placed<String>> {
        let found = self.named(field, Of::Policy, Some(policy_type));
        found.into_iter().next()
    }

    /// Objects of a field that are known by name: routes, gateways.
    pub(in crate::plan) fn named(
        &mut self,
        field: &str,
        of: Of,
        policy_type: Option<&'static str>,
    ) -> Vec<Placed<String>> {
        self.objects(field, of, policy_type, &|id| Some(id.to_owned()))
    }

    /// The PSTN usages of a field, as the tenant spells them.
    pub(in crate::plan) fn usages(&mut self, field: &str) -> Vec<Placed<String>> {
        let mut usages = Vec::new();
        for name in self.step.names(field) {
            match self
                .names
                .resolve(&self.state.tenant, Of::Usage, name, None)
            {
                Ok(Thing::Usage(usage)) => usages.push((usage, name.bytes.clone())),
                Ok(_) => self.doubt(field, name),
                Err(fault) => self.lack(field, fault),
            }
        }
        usages
    }

    /// The countries of a field, in upper case.
    pub(in crate::plan) fn countries(&mut self, field: &str) -> Vec<String> {
        let mut countries = Vec::new();
        for name in self.step.names(field) {
            match self
                .names
                .resolve(&self.state.tenant, Of::Country, name, None)
            {
                Ok(Thing::Country(country)) => countries.push(country),
                Ok(_) => {}
                Err(fault) => self.lack(field, fault),
            }
        }
        countries
    }

    /// The texts of a field, as written.
    pub(in crate::plan) fn texts(&self, field: &str) -> Vec<Placed<String>> {
        let names = self.step.names(field).iter();
        names
            .map(|name| (name.text.clone(), name.bytes.clone()))
            .collect()
    }

    /// The text of a field, as written.
    pub(in crate::plan) fn text(&self, field: &str) -> Option<Placed<String>> {
        self.texts(field).into_iter().next()
    }

    /// Notes a name that is not there. Of a list of those that the step is done for, the others are done all the same.
    fn lack(&mut self, field: &str, fault: Fault) {
        self.is_broken |= !EACH.contains(&field);
        self.missing.push(fault);
    }

    /// Notes a name of which the exports do not tell.
    fn doubt(&mut self, field: &str, name: &Name) {
        self.is_broken |= !EACH.contains(&field);
        self.untold.push(name.clone());
    }

    fn objects<T>(
        &mut self,
        field: &str,
        of: Of,
        policy_type: Option<&'static str>,
        parse: &dyn Fn(&str) -> Option<T>,
    ) -> Vec<Placed<T>> {
        let names = self.step.names(field);
        let mut objects = Vec::with_capacity(names.len());
        for name in names {
            match self
                .names
                .resolve(&self.state.tenant, of, name, policy_type)
            {
                Ok(Thing::Object { id, .. }) => {
                    objects.extend(parse(&id).map(|one| (one, name.bytes.clone())));
                }
                Ok(_) => self.doubt(field, name),
                Err(fault) => self.lack(field, fault),
            }
        }
        objects
    }
}
