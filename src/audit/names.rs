//! All that a tenant gave a name to: what a redacted report must not show.

use crate::report::redact::Vocabulary;
use crate::snapshot::record::Record;
use crate::tenant::Tenant;
use crate::tenant::lists::{ListOf, Listed, Visitor, each_list};

/// Adds the names of a tenant: those of its objects, and whatever a property says that is not known to be public.
pub fn add_names(tenant: &Tenant, vocabulary: &mut Vocabulary) {
    if let Some(name) = tenant.name() {
        vocabulary.add(name);
    }
    each_list([tenant], &mut Names { tenant, vocabulary });
    for manifest in &tenant.snapshot.records.manifests {
        add_values(manifest, tenant, vocabulary);
    }
}

struct Names<'t> {
    tenant: &'t Tenant,
    vocabulary: &'t mut Vocabulary,
}

impl Visitor<1> for Names<'_> {
    fn list<R: Record + Sync>(&mut self, of: ListOf, [objects]: [Vec<Listed<'_, R>>; 1]) {
        for object in objects {
            // What nobody named is called by what it joins, in words of this program.
            if of.is_named {
                self.vocabulary.add(&object.name);
            }
            add_values(&**object.record, self.tenant, self.vocabulary);
        }
    }
}

fn add_values<R: Record>(record: &R, tenant: &Tenant, vocabulary: &mut Vocabulary) {
    record.each_part(&tenant.snapshot.texts, &mut |property, parts| {
        for part in parts {
            vocabulary.add_value(property, &part);
        }
    });
}
