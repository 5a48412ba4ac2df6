//! `rules/snapshot/export-looks-truncated.md`

use super::{export_again, noted};
use crate::rules::{Check, Cx, Declared, ExportSubject, Verdict, rule};

pub(super) const RULE: Declared = rule!("snapshot", "export-looks-truncated", Check::Export(check));

fn check(export: &ExportSubject, cx: &Cx) -> Verdict {
    let remedy = export_again(
        export,
        "export all of it: page with `-Skip`, or use Export-CsAcquiredPhoneNumber for numbers",
    );
    noted("SN001", export, cx, "records are missing", &remedy)
}
