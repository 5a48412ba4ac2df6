//! What stands around the records, and how they are spread over files.

use super::json::Json;
use super::logical::{Export, Frame, Logical};
use super::powershell::{compressed, seven};
use crate::audits::File;

/// Every shape with its name.
pub(super) fn shapes(tenant: &Logical) -> Vec<(&'static str, Vec<File>)> {
    let (framed, free) = tenant
        .exports
        .iter()
        .cloned()
        .partition(Export::is_about_its_frame);
    let framed = Logical { exports: framed }.plain();
    let mut all = shapes_of(&Logical { exports: free });
    for (_, files) in &mut all {
        files.extend_from_slice(&framed);
    }
    all
}

fn shapes_of(tenant: &Logical) -> Vec<(&'static str, Vec<File>)> {
    let one_file = |text: &dyn Fn(&Export) -> String| {
        tenant.write(|export| (export.file(), text(export).into_bytes()))
    };
    vec![
        (
            "{value, Count}",
            one_file(&|export| seven(&wrapped(export))),
        ),
        (
            "one record a line",
            tenant.write(|export| {
                let lines: Vec<String> = export.records.iter().map(compressed).collect();
                (
                    format!("{}.ndjson", export.stem),
                    lines.join("\n").into_bytes(),
                )
            }),
        ),
        (
            "documents one after another",
            one_file(&|export| export.records.iter().map(seven).collect()),
        ),
        (
            "an array of arrays",
            one_file(&|export| {
                let pages = export.records.chunks(7);
                let pages = pages.map(|page| Json::List(page.to_vec())).collect();
                seven(&Json::List(pages))
            }),
        ),
        (
            "a list of pages of Graph",
            one_file(&|export| seven(&Json::List(pages(export)))),
        ),
        (
            "pages of Graph one after another",
            one_file(&|export| pages(export).iter().map(seven).collect()),
        ),
        (
            "several files for each kind",
            spread(tenant, |export, page| Export {
                records: page,
                frame: match &export.frame {
                    Frame::One => Frame::Array,
                    frame => frame.clone(),
                },
                ..export.clone()
            }),
        ),
        ("one bundle", bundle(tenant)),
        (
            "JSON in a JSON string",
            one_file(&|export| {
                let inner = compressed(&export.document());
                serde_json::to_string(&inner).expect("a text is JSON")
            }),
        ),
        (
            "indented JSON in a JSON string",
            one_file(&|export| {
                let inner = seven(&export.document()).replace('\n', "\r\n");
                serde_json::to_string(&inner).expect("a text is JSON")
            }),
        ),
        (
            "a list of JSON strings",
            one_file(&|export| {
                let list = export.records.iter().map(compressed).map(Json::Text);
                seven(&Json::List(list.collect()))
            }),
        ),
    ]
}

fn wrapped(export: &Export) -> Json {
    Json::Map(vec![
        ("value".to_owned(), Json::List(export.records.clone())),
        (
            "Count".to_owned(),
            Json::Number(export.records.len().into()),
        ),
    ])
}

/// Pages of seven, each but the last with a link to the next.
pub(super) fn pages(export: &Export) -> Vec<Json> {
    let count = export.records.len().div_ceil(7);
    let page = |(at, records): (usize, &[Json])| {
        let mut members = vec![(
            "@odata.context".to_owned(),
            Json::text(format!(
                "https://graph.microsoft.com/v1.0/$metadata#{}",
                export.stem
            )),
        )];
        if at + 1 < count {
            let link = format!("https://graph.microsoft.com/v1.0/x?$skiptoken={at}");
            members.push(("@odata.nextLink".to_owned(), Json::text(link)));
        }
        members.push(("value".to_owned(), Json::List(records.to_vec())));
        Json::Map(members)
    };
    export.records.chunks(7).enumerate().map(page).collect()
}

/// Seven records to a file.
fn spread(tenant: &Logical, part: impl Fn(&Export, Vec<Json>) -> Export) -> Vec<File> {
    let mut files = Vec::new();
    for export in &tenant.exports {
        if export.records.is_empty() {
            files.push((export.file(), seven(&export.document()).into_bytes()));
        }
        for (at, page) in export.records.chunks(7).enumerate() {
            let part = part(export, page.to_vec());
            files.push((
                format!("{} ({at}).json", export.stem),
                seven(&part.document()).into_bytes(),
            ));
        }
    }
    files
}

fn bundle(tenant: &Logical) -> Vec<File> {
    let members = tenant
        .exports
        .iter()
        .map(|export| (export.stem.clone(), Json::List(export.records.clone())))
        .collect();
    vec![(
        "contoso.json".to_owned(),
        seven(&Json::Map(members)).into_bytes(),
    )]
}
