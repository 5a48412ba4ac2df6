//! One line of fifty megabytes: the snippet is short, the place exact.

use tenantlint::report::Report;

use crate::audits::{File, check_rule, in_all_formats};

fn one_line_export() -> (Vec<File>, usize) {
    let padding = "é".repeat(2_000);
    let mut text = String::with_capacity(52_000_000);
    text.push('[');
    let mut number = 0_u128;
    while text.len() < 50_000_000 {
        number += 1;
        let record = format!(
            r#"{{"Identity":"{number:08x}-0000-4000-8000-000000000000","UserPrincipalName":"u{number}@contoso.example","AccountType":"User","LineUri":null,"EnterpriseVoiceEnabled":false,"SoftDeletionTimestamp":null,"TeamsUpgradeEffectiveMode":"TeamsOnly","Description":"{padding}"}},"#
        );
        text.push_str(&record);
    }
    text.push_str(r#"{"Identity":"ffffffff-0000-4000-8000-000000000000","UserPrincipalName":"last@contoso.example","AccountType":"User","LineUri":"tel:+14255550123","EnterpriseVoiceEnabled":true,"TeamsUpgradeEffectiveMode":"#);
    let column = text.chars().count() + 1;
    text.push_str(r#""Islands"}]"#);
    (
        vec![("Get-CsOnlineUser.json".to_owned(), text.into_bytes())],
        column,
    )
}

#[test]
fn a_line_of_fifty_megabytes_has_short_snippets_at_the_right_column() {
    let (files, column) = one_line_export();
    let report: Report = check_rule(&files, "US001");
    assert_eq!(report.findings.len(), 1, "{:?}", report.coverage);
    let start = report.findings[0].location.start;
    assert_eq!((start.line, start.column), (1, column as u64));
    let [(_, human), (_, concise), ..] = in_all_formats(&report);
    assert!(
        human.contains(&format!("Get-CsOnlineUser.json:1:{column}")),
        "{human}"
    );
    assert!(human.contains("\"Islands\""), "{human}");
    assert!(human.len() < 5_000, "{} bytes", human.len());
    assert!(concise.contains(&format!(":1:{column}:")), "{concise}");
}
