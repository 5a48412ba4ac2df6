//! `rules/emergency-calling/no-trusted-ip.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Place, Severity, Subject, SubjectKind};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, Verdicts, rule};
use crate::snapshot::ExportKind;
use crate::snapshot::record::TrustedIpRecord;
use crate::source::Span;
use crate::tenant::{Merged, Subnet};

pub(super) const RULE: Declared = rule!("emergency-calling", "no-trusted-ip", Check::Each(check));

fn check(cx: &Cx) -> Verdicts {
    let tenant = cx.tenant;
    let trusted = &tenant.network.trusted_ips;
    let mut verdicts: Verdicts = trusted.iter().map(|record| judge(record, cx)).collect();
    let first = tenant
        .network
        .lis
        .first()
        .map(|element| element.at("LocationId"))
        .or_else(|| {
            tenant
                .network
                .sites
                .iter()
                .next()
                .map(|site| site.at("NetworkSiteID"))
        });
    if let (Some(place), true) = (first, trusted.is_empty()) {
        let export = tenant
            .snapshot
            .exports
            .get(&ExportKind::TenantTrustedIpAddress);
        let empty = export.map(|export| Place::whole(Span::start_of(export.source)));
        verdicts.push(found(
            Draft::new(
                Severity::Error,
                Subject::new(SubjectKind::Tenant, "tenant", "tenant"),
                "the tenant locates callers by its network, but trusts no public address: nobody is located",
                Label::new(place, "never looked at"),
            )
            .related(empty.map(|place| Label::new(place, "no trusted address here")))
            .remedy(
                "add the public addresses of the offices",
                ["# New-CsTenantTrustedIPAddress -IPAddress <public address> -MaskBits 32".to_owned()],
            ),
        ));
    }
    verdicts
}

fn judge(record: &Merged<TrustedIpRecord>, cx: &Cx) -> Verdict {
    let texts = &cx.tenant.snapshot.texts;
    let Some(address) = record
        .address
        .get()
        .map(|address| texts.symbol(address).trim())
    else {
        return Verdict::Unknown("the export does not tell a trusted address");
    };
    if record.mask.is_absent() {
        return Verdict::Unknown("the export does not tell the mask of a trusted address");
    }
    let (what, label, property) = match Subnet::trusted(record, texts) {
        None => ("is no network", "address and mask do not fit", "MaskBits"),
        Some(subnet) if subnet.is_private() => (
            "is private: nobody outside sees it",
            "the public address is meant",
            "IPAddress",
        ),
        Some(_) => return Verdict::Passed,
    };
    found(
        Draft::new(
            Severity::Error,
            Subject::new(SubjectKind::TrustedIpAddress, address, address),
            format!("the trusted address `{address}` {what}"),
            Label::new(record.at(property), label),
        )
        .role(
            record
                .mask
                .get()
                .map(|bits| bits.to_string())
                .unwrap_or_default(),
        )
        .remedy(
            "trust the public address instead",
            [
                format!(
                    "Remove-CsTenantTrustedIPAddress -Identity {}",
                    quoted(address)
                ),
                "# New-CsTenantTrustedIPAddress -IPAddress <public address> -MaskBits 32"
                    .to_owned(),
            ],
        ),
    )
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    fn severity(verdicts: &[Verdict]) -> &'static str {
        match verdicts {
            [Verdict::Found(draft)] => draft.severity.name(),
            other => panic!("{other:?}"),
        }
    }

    fn judge(trusted: &str) -> Vec<Verdict> {
        verdicts(
            "EM013",
            &[
                ("Get-CsTenantTrustedIPAddress.json", trusted),
                (
                    "Get-CsOnlineLisSubnet.json",
                    r#"[{"Subnet":"10.1.2.0","LocationId":"00000000-0000-4000-8000-00000000000a"}]"#,
                ),
            ],
        )
    }

    #[test]
    fn public_addresses_are_needed() {
        assert_eq!(severity(&judge("[]")), "error");
        assert!(matches!(
            judge(r#"[{"IPAddress":"198.51.100.7","MaskBits":32}]"#)[..],
            [Verdict::Passed]
        ));
        assert_eq!(
            severity(&judge(r#"[{"IPAddress":"10.1.2.3","MaskBits":32}]"#)),
            "error"
        );
        assert_eq!(
            severity(&judge(r#"[{"IPAddress":"198.51.100.7","MaskBits":33}]"#)),
            "error"
        );
        assert_eq!(
            severity(&judge(r#"[{"IPAddress":"fd00::1","MaskBits":128}]"#)),
            "error"
        );
    }

    #[test]
    fn a_mask_that_is_not_told_is_unknown() {
        let lab = r#"{"Identity":"lab","IPAddress":"203.0.113.4","MaskBits":32}"#;
        let without = r#"{"Identity":"a","IPAddress":"198.51.100.7"}"#;
        let told = judge(&format!("[{lab},{without}]"));
        assert!(
            told.iter()
                .any(|verdict| matches!(verdict, Verdict::Unknown(_))),
            "{told:?}"
        );
    }
}
