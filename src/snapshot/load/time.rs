//! The moment that stands for now: no clock is read, so that the same snapshot always gives the same report.

use crate::finding::{Problem, Severity};
use crate::snapshot::{Moment, Now, Snapshot};

/// The manifest's time, else the newest date inside, else the newest file's own time with a note.
pub(super) fn now(snapshot: &mut Snapshot, modified: Option<i64>) -> Option<Now> {
    let records = &snapshot.records;
    let manifest = records
        .manifests
        .iter()
        .filter_map(|manifest| manifest.exported_at.get())
        .max();
    if let Some(moment) = manifest {
        return Some(Now {
            moment,
            from_manifest: true,
        });
    }
    let inside = records
        .users
        .iter()
        .filter_map(|user| user.changed.get())
        .chain(
            records
                .tenants
                .iter()
                .filter_map(|tenant| tenant.synced.get()),
        )
        .max();
    if inside.is_none() && modified.is_some() {
        snapshot.problems.push(Problem {
            severity: Severity::Info,
            message: "the snapshot does not tell when it was exported: the time of its newest file is taken; add `manifest.json` with `exportedAt`, or use `--as-of`".to_owned(),
            place: None,
            also: None,
            exports: Vec::new(),
            properties: None,
            rule: None,
            objects: 0,
            discriminator: String::new(),
        });
    }
    inside
        .or(modified.and_then(Moment::from_ms))
        .map(|moment| Now {
            moment,
            from_manifest: false,
        })
}
