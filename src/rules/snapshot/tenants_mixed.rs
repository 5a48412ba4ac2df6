//! `rules/snapshot/tenants-mixed.md`

use super::{export_again, noted};
use crate::rules::{Check, Cx, Declared, ExportSubject, Verdict, rule};

pub(super) const RULE: Declared = rule!("snapshot", "tenants-mixed", Check::Export(check));

fn check(export: &ExportSubject, cx: &Cx) -> Verdict {
    let remedy = export_again(
        export,
        "keep one folder for each tenant: take the foreign file out, or export it again from the right tenant",
    );
    noted("SN007", export, cx, "another tenant", &remedy)
}
