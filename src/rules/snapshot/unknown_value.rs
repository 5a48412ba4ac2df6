//! `rules/snapshot/unknown-value.md`

use super::{export_again, noted};
use crate::rules::{Check, Cx, Declared, ExportSubject, Verdict, rule};

pub(super) const RULE: Declared = rule!("snapshot", "unknown-value", Check::Export(check));

fn check(export: &ExportSubject, cx: &Cx) -> Verdict {
    let remedy = export_again(
        export,
        "update tenantlint if the value is new; export again if the value is mangled",
    );
    noted("SN003", export, cx, "the first such value", &remedy)
}
