//! How many telephone numbers there are, by operator and type.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::report::Estate;
use crate::tenant::{Answer, Number, Tenant};

/// The numbers of a tenant, in order of operator and type.
pub(super) fn of(tenant: &Tenant) -> Vec<Estate> {
    let counted = tenant
        .numbers
        .par_chunks(MANY)
        .map(|numbers| rows(tenant, numbers))
        .reduce(Rows::new, |mut all, some| {
            for (row, (assigned, free)) in some {
                let counts = all.entry(row).or_default();
                *counts = (counts.0 + assigned, counts.1 + free);
            }
            all
        });
    counted
        .into_iter()
        .map(|((operator, number_type), (assigned, free))| Estate {
            snapshot: tenant.snapshot.index,
            operator: operator.to_owned(),
            number_type: number_type.to_owned(),
            assigned,
            free,
        })
        .collect()
}

/// Numbers that are counted in one go.
const MANY: usize = 4096;

/// How many numbers are assigned and how many are free, by operator and type.
type Rows<'t> = BTreeMap<(&'t str, &'t str), (u64, u64)>;

fn rows<'t>(tenant: &'t Tenant, numbers: &'t [Number]) -> Rows<'t> {
    let texts = &tenant.snapshot.texts;
    let mut rows = Rows::new();
    for number in numbers {
        let number_type = tenant.number_type(number).unwrap_or("unknown");
        let partner = number.record.partner_name.get();
        let operator = match partner.map(|name| texts.symbol(name).trim()) {
            Some(name) if !name.is_empty() => name,
            _ if number_type.eq_ignore_ascii_case("DirectRouting") => "Direct Routing",
            _ if number_type.eq_ignore_ascii_case("CallingPlan") => "Microsoft",
            _ => "unknown",
        };
        let row = rows.entry((operator, number_type)).or_default();
        // What is not known to be free is taken.
        *match tenant.is_assigned(number) {
            Answer::No => &mut row.1,
            Answer::Yes | Answer::Unknown => &mut row.0,
        } += 1;
    }
    rows
}
