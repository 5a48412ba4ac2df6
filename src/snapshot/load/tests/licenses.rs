//! Whose licenses a page of Graph tells: only what is around its records names the user.

use super::{ID, Loaded, one};
use crate::finding::Severity::Warning;
use crate::snapshot::ExportKind as K;

const OTHER: &str = "2713551e-ed63-415d-9175-fc4ff825a0bf";

fn sku(part_number: &str) -> String {
    format!(
        r#"{{"id":"x","skuId":"e43b5b99-8dfb-405f-9987-dc307f34bcbd","skuPartNumber":"{part_number}","servicePlans":[]}}"#
    )
}

fn page(user: &str, part_number: &str) -> String {
    format!(
        r#"{{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#users('{user}')/licenseDetails","value":[{}]}}"#,
        sku(part_number)
    )
}

/// Each SKU with its user.
fn owners(loaded: &Loaded) -> Vec<(String, Option<String>)> {
    let records = loaded.snapshot.records.license_details.iter();
    let owned = records.map(|record| {
        let name = record.part_number.value().unwrap();
        let user = record.user.get().map(|id| id.to_string());
        (loaded.snapshot.texts.symbol(*name).to_owned(), user)
    });
    owned.collect()
}

#[test]
fn each_page_names_the_user_of_its_own_records() {
    let (one_page, two) = (page(OTHER, "MCOEV"), page(ID, "EXCHANGE"));
    for text in [
        format!("[{one_page},{two}]"),
        format!("{one_page}\n{two}"),
        // Windows PowerShell escapes the quotes.
        format!("[{one_page},{two}]").replace('\'', "\\u0027"),
    ] {
        let loaded = one("licenseDetails.json", &text);
        let expected = [
            ("MCOEV".to_owned(), Some(OTHER.to_owned())),
            ("EXCHANGE".to_owned(), Some(ID.to_owned())),
        ];
        assert_eq!(owners(loaded.no_problems()), expected, "{text}");
    }
}

#[test]
fn the_name_of_the_file_names_the_user_where_the_page_does_not() {
    let bare = sku("MCOEV");
    let csv = "SkuId,SkuPartNumber,ServicePlans\r\ne43b5b99-8dfb-405f-9987-dc307f34bcbd,MCOEV,\r\n";
    for (name, text) in [
        (
            format!("licenseDetails-{ID}.json"),
            format!("{{\"value\":[{bare}]}}"),
        ),
        (format!("{ID}.json"), format!("[{bare}]")),
        (format!("licenseDetails {ID}.json"), page(ID, "MCOEV")),
        (format!("licenseDetails {OTHER}.json"), page(ID, "MCOEV")),
        (format!("licenseDetails-{ID}.csv"), csv.to_owned()),
    ] {
        let loaded = one(&name, &text);
        let expected = [("MCOEV".to_owned(), Some(ID.to_owned()))];
        assert_eq!(owners(loaded.no_problems()), expected, "{name}");
    }
}

#[test]
fn licenses_of_nobody_are_told() {
    let text = format!("[\n{},{}]", sku("MCOEV"), sku("EXCHANGE"));
    for name in [
        "licenseDetails.json".to_owned(),
        format!("licenseDetails {ID} {OTHER}.json"),
    ] {
        let loaded = one(&name, &text);
        let (severity, message, spot) = loaded.problem();
        assert_eq!((severity, spot.0), (Warning, 2));
        assert_eq!(
            message,
            format!(
                "2 records of `{name}` name no user, and cannot be judged: keep the `@odata.context` of the page, or put the user's id into the file's name"
            )
        );
        assert_eq!(loaded.proven(K::GraphLicenseDetail), Some(true));
    }
}
