//! `rules/snapshot/nested-data-flattened.md`

use super::{export_again, noted};
use crate::rules::{Check, Cx, Declared, ExportSubject, Verdict, rule};

pub(super) const RULE: Declared = rule!("snapshot", "nested-data-flattened", Check::Export(check));

fn check(export: &ExportSubject, cx: &Cx) -> Verdict {
    let remedy = export_again(export, "export it again with enough depth");
    noted("SN005", export, cx, "the first such value", &remedy)
}
