//! `rules/numbers/number-order-failed.md`

use serde::Deserialize;

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity, Subject, SubjectKind};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, OptionsSpec, Verdict, Verdicts, rule};
use crate::snapshot::ObjectId;
use crate::snapshot::record::NumberOrderRecord;
use crate::tenant::Merged;

pub(super) const RULE: Declared = rule!(
    "numbers",
    "number-order-failed",
    Check::Each(check),
    Some(OptionsSpec::of::<Options>(&["warn-days"]))
);

/// Milliseconds of a day.
const DAY: i64 = 24 * 60 * 60 * 1000;

/// States that an order is known to have: the page of the cmdlet shows some, and lists none.
///
/// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlinetelephonenumberorder>.
const STATES: [&str; 7] = [
    "Reserved",
    "Complete",
    "Success",
    "Cancelled",
    "Error",
    "Failed",
    "Expired",
];

/// Options of the rule.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Options {
    /// So many days before a reservation ends it is told.
    warn_days: u16,
}

impl Default for Options {
    fn default() -> Self {
        Self { warn_days: 1 }
    }
}

fn check(cx: &Cx) -> Verdicts {
    cx.tenant
        .number_orders
        .iter()
        .map(|order| judge(order, cx))
        .collect()
}

fn judge(order: &Merged<NumberOrderRecord>, cx: &Cx) -> Verdict {
    let texts = &cx.tenant.snapshot.texts;
    let id = order
        .id
        .get()
        .map(|id| texts.symbol(id))
        .unwrap_or_default();
    // Ids of orders are GUIDs, which exports spell in several ways.
    let id = ObjectId::parse(id).map_or_else(|| id.to_owned(), |guid| guid.to_string());
    let id = id.as_str();
    let Some(status) = order.status.get().map(|status| texts.symbol(status).trim()) else {
        return Verdict::Unknown("the export does not tell the state of the order");
    };
    let state = STATES
        .into_iter()
        .find(|state| state.eq_ignore_ascii_case(status));
    let days = i64::from(cx.options::<Options>().warn_days);
    let (what, property, label) = if matches!(state, Some("Error" | "Failed" | "Expired")) {
        let why = order
            .error
            .get()
            .map(|code| format!(": `{}`", texts.symbol(code)));
        (
            format!(
                "failed with the state `{status}`{}",
                why.unwrap_or_default()
            ),
            "Status",
            "failed",
        )
    } else if order.failures.get().is_some_and(|count| count > 0) {
        (
            "could not get all of its numbers".to_owned(),
            "FailureCount",
            "some failed",
        )
    } else if state == Some("Reserved") {
        match (order.expires.get(), cx.now) {
            (Some(until), Some(now)) if until < now => (
                "was never bought, and its reservation is over".to_owned(),
                "ReservationExpiryDate",
                "over",
            ),
            (Some(until), Some(now)) if until.ms() - now.ms() < days * DAY => {
                let left = match (until.ms() - now.ms()) / DAY {
                    0 => "hours".to_owned(),
                    1 => "1 day".to_owned(),
                    days => format!("{days} days"),
                };
                (
                    format!("is reserved for {left} only"),
                    "ReservationExpiryDate",
                    "the reservation ends",
                )
            }
            (Some(_), Some(_)) => return Verdict::Passed,
            _ => return Verdict::Unknown("it is not known when the reservation ends"),
        }
    } else if state.is_none() {
        return Verdict::Unknown("nothing tells what the state of the order means");
    } else {
        return Verdict::Passed;
    };
    found(
        Draft::new(
            Severity::Warning,
            Subject::new(SubjectKind::NumberOrder, id, id),
            format!("the order of numbers `{id}` {what}"),
            Label::new(order.at(property), label),
        )
        .remedy(
            "look what the order says, and order again",
            [format!(
                "Get-CsOnlineTelephoneNumberOrder -OrderId {}",
                quoted(id)
            )],
        ),
    )
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::{verdicts, verdicts_with};

    const ID: &str = "00000000-0000-4000-8000-000000000001";

    fn severity(verdicts: &[Verdict]) -> &'static str {
        match verdicts {
            [Verdict::Found(draft)] => draft.severity.name(),
            other => panic!("{other:?}"),
        }
    }

    fn judge(properties: &str) -> Vec<Verdict> {
        let orders = format!(r#"[{{"OrderId":"{ID}",{properties}}}]"#);
        verdicts(
            "NU016",
            &[
                ("Get-CsOnlineTelephoneNumberOrder.json", &orders),
                (
                    "manifest.json",
                    r#"{"exportedAt":"2026-09-14T00:00:00Z","exports":[]}"#,
                ),
            ],
        )
    }

    #[test]
    fn failed_and_forgotten_orders_are_found() {
        assert_eq!(
            severity(&judge(r#""Status":"Error","ErrorCode":"OutOfStock""#)),
            "warning"
        );
        assert_eq!(
            severity(&judge(r#""Status":"Complete","FailureCount":2"#)),
            "warning"
        );
        let reserved = |date: &str| {
            judge(&format!(
                r#""Status":"Reserved","ReservationExpiryDate":"{date}""#
            ))
        };
        assert_eq!(severity(&reserved("2026-09-13T00:00:00Z")), "warning");
        assert_eq!(severity(&reserved("2026-09-14T12:00:00Z")), "warning");
        assert!(matches!(
            reserved("2026-09-16T00:00:00Z")[..],
            [Verdict::Passed]
        ));
        assert!(matches!(
            judge(r#""Status":"Complete","FailureCount":0"#)[..],
            [Verdict::Passed]
        ));
    }

    #[test]
    fn an_order_that_somebody_cancelled_did_not_fail() {
        let cancelled = judge(r#""Status":"Cancelled","FailureCount":0"#);
        assert!(matches!(cancelled[..], [Verdict::Passed]), "{cancelled:?}");
    }

    #[test]
    fn a_state_that_nobody_documented_does_not_pass() {
        let odd = judge(r#""Status":"\u2603","FailureCount":0"#);
        assert!(matches!(odd[..], [Verdict::Unknown(_)]), "{odd:?}");
        for done in ["Complete", "success"] {
            let done = judge(&format!(r#""Status":"{done}","FailureCount":0"#));
            assert!(matches!(done[..], [Verdict::Passed]), "{done:?}");
        }
        // What failed is told whatever the state is called.
        let some = judge(r#""Status":"\u2603","FailureCount":2"#);
        assert_eq!(severity(&some), "warning");
    }

    #[test]
    fn the_days_that_a_reservation_lasts_are_told() {
        let orders = |date: &str| {
            let orders = format!(
                r#"[{{"OrderId":"{ID}","Status":"Reserved","ReservationExpiryDate":"{date}"}}]"#
            );
            let manifest = r#"{"exportedAt":"2026-09-14T00:00:00Z","exports":[]}"#;
            let files = [
                ("Get-CsOnlineTelephoneNumberOrder.json", orders.as_str()),
                ("manifest.json", manifest),
            ];
            let options = serde_json::json!({"warn-days": 10});
            match verdicts_with("NU016", &options, &files).pop() {
                Some(Verdict::Found(draft)) => draft.message,
                other => panic!("{other:?}"),
            }
        };
        assert!(orders("2026-09-22T12:00:00Z").ends_with("for 8 days only"));
        assert!(orders("2026-09-15T12:00:00Z").ends_with("for 1 day only"));
        assert!(orders("2026-09-14T12:00:00Z").ends_with("for hours only"));
    }

    #[test]
    fn a_reservation_that_is_over_is_told_apart_from_one_that_ends() {
        let message = |date: &str| {
            let verdicts = judge(&format!(
                r#""Status":"Reserved","ReservationExpiryDate":"{date}""#
            ));
            match verdicts.into_iter().next() {
                Some(Verdict::Found(draft)) => draft.message,
                Some(Verdict::Passed) => "passed".to_owned(),
                other => panic!("{other:?}"),
            }
        };
        assert!(message("2026-09-13T23:59:59Z").contains("its reservation is over"));
        assert!(message("2026-09-14T00:00:00Z").contains("for hours only"));
        assert!(message("2026-09-14T00:00:01Z").contains("for hours only"));
        assert!(message("2026-09-14T23:59:59Z").contains("for hours only"));
        assert_eq!(message("2026-09-15T00:00:00Z"), "passed");
    }
}
