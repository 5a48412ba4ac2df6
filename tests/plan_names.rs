//! The page of plans lists every change that there is.

use std::fmt::Write;

use tenantlint::plan::{CHANGES, FieldKind};

/// All changes as two tables in Markdown: procedures, then primitives.
fn table() -> String {
    let mut page = String::new();
    let headings = [
        (
            "| Procedure | What it does | Fields |\n|---|---|---|\n",
            false,
        ),
        (
            "\n| Primitive | What it does | Fields | By |\n|---|---|---|---|\n",
            true,
        ),
    ];
    for (heading, is_primitive) in headings {
        page.push_str(heading);
        for change in CHANGES
            .iter()
            .filter(|one| one.is_primitive() == is_primitive)
        {
            let fields: Vec<String> = change.fields.iter().map(field).collect();
            let by = if is_primitive {
                format!(" {} |", change.by)
            } else {
                String::new()
            };
            // Writing to a string cannot fail.
            let _ = writeln!(
                page,
                "| `{}` | {} | {} |{by}",
                change.name,
                change.summary,
                fields.join(", ")
            );
        }
    }
    page
}

fn field(field: &FieldKind) -> String {
    let name = format!("`{}`", field.name);
    if field.is_required {
        format!("**{name}**")
    } else {
        name
    }
}

#[test]
fn the_page_of_plans_is_current() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("PLANS.md");
    let page = std::fs::read_to_string(&path).expect("PLANS.md");
    let start = page.find("| Procedure |").unwrap_or(page.len());
    let page = format!("{}{}", &page[..start], table());
    if std::env::var_os("TENANTLINT_UPDATE").is_some_and(|value| value == "1") {
        std::fs::write(&path, &page).expect("PLANS.md can be written");
    }
    assert_eq!(
        std::fs::read_to_string(&path).expect("PLANS.md"),
        page,
        "PLANS.md is stale: run `TENANTLINT_UPDATE=1 cargo test plan_names`"
    );
}
