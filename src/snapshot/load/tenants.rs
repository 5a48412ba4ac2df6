//! Whether all records are of one tenant: exports of two tenants in one folder join into nonsense.

use std::collections::BTreeMap;

use crate::finding::{Place, Problem, Severity};
use crate::snapshot::kind::ExportKind;
use crate::snapshot::{ObjectId, Snapshot, spellings_of};
use crate::source::Span;

/// Notes whose records they are, and a problem for each kind of export that holds records of another tenant than most.
pub(super) fn judge_tenants(
    snapshot: &mut Snapshot,
    owners: &[(ObjectId, ExportKind, (u64, Span))],
) {
    let mut by_tenant: BTreeMap<ObjectId, u64> = BTreeMap::new();
    let mut parts: BTreeMap<(ObjectId, ExportKind), (u64, Span)> = BTreeMap::new();
    for (id, kind, (count, first)) in owners {
        *by_tenant.entry(*id).or_default() += count;
        let part = parts.entry((*id, *kind)).or_insert((0, *first));
        part.0 += count;
        part.1 = part.1.min(*first);
    }
    // Most records decide; of equally many, the tenant's own record and the manifest do, then the lower id.
    let own = |id: &ObjectId| {
        [ExportKind::Tenant, ExportKind::Manifest]
            .into_iter()
            .any(|kind| parts.contains_key(&(*id, kind)))
    };
    let Some(tenant) = by_tenant
        .iter()
        .max_by_key(|(id, count)| (**count, own(id), std::cmp::Reverse(**id)))
        .map(|(id, _)| *id)
    else {
        return;
    };
    snapshot.owner = Some(tenant);
    let place = |kind: ExportKind, span: Span| Place {
        records: [span].into(),
        field: spellings_of(kind.family(), "TenantId"),
        element: None,
    };
    let of_tenant = parts
        .iter()
        .find(|((id, _), _)| *id == tenant)
        .map(|((_, kind), (_, first))| place(*kind, *first));
    for ((id, kind), (count, first)) in &parts {
        if *id == tenant {
            continue;
        }
        let records = if *count == 1 { "record" } else { "records" };
        snapshot.problems.push(Problem {
            rule: Some("SN007"),
            objects: 0,
            discriminator: id.to_string(),
            also: of_tenant.clone(),
            ..Problem::new(
                Severity::Error,
                format!(
                    "`{}` holds {count} {records} of tenant `{id}`, the rest of the snapshot is of tenant `{tenant}`",
                    kind.name()
                ),
                place(*kind, *first),
                vec![kind.name()],
            )
        });
    }
}
