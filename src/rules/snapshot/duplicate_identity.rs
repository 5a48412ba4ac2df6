//! `rules/snapshot/duplicate-identity.md`

use super::{export_again, noted};
use crate::rules::{Check, Cx, Declared, ExportSubject, Verdict, rule};

pub(super) const RULE: Declared = rule!("snapshot", "duplicate-identity", Check::Export(check));

fn check(export: &ExportSubject, cx: &Cx) -> Verdict {
    let remedy = export_again(export, "export it again, once, after changes have settled");
    noted("SN006", export, cx, "one of the two records", &remedy)
}
