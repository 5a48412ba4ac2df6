//! Writes `table.rs` from Microsoft's product table, and proves that it is up to date.
//!
//! This is a test and not a build script, so that the table can be read and reviewed, and so that
//! a build needs no data files.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;

use super::{PlanClass, PlanClasses};

const PRODUCTS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/data/licenses/product-service-plans.csv"
);
const VOICE_PLANS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/data/licenses/voice-service-plans.csv"
);
const TABLE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/src/snapshot/service_plans/table.rs"
);

const HEADER: &str = "\
//! Service plans and SKUs, sorted by id for binary search.
//!
//! Generated from `data/licenses` by the test in `generate`; do not edit. To bring it up to
//! date, run `TENANTLINT_UPDATE=1 cargo test service_plans`.

use super::PlanClass::{
    AudioConferencing, CallingPlan, CommunicationsCredits, PayAsYouGo, PhoneMobile, PhoneSystem,
    Premium, ResourceAccount, Room, SharedDevice, Skype, Sms, Teams, TeamsLimited,
};
use super::{Plan, Sku, plan, sku};
";

/// Microsoft's cells have no-break spaces and tabs at their edges and between words.
fn clean(cell: &str) -> String {
    cell.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn guid(cell: &str) -> u128 {
    let hex = clean(cell).replace('-', "");
    assert_eq!(hex.len(), 32, "{cell:?}");
    u128::from_str_radix(&hex, 16).expect("a GUID")
}

fn literal(id: u128) -> String {
    let hex = format!("{id:032x}");
    let groups = [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ];
    format!("0x{}", groups.join("_"))
}

fn class_of(plan: &str, class: &str) -> PlanClass {
    if plan == "MCOPSTN_PAYG_1" {
        return PlanClass::PayAsYouGo;
    }
    let class = class.replace('-', "");
    PlanClass::ALL
        .into_iter()
        .find(|known| format!("{known:?}").eq_ignore_ascii_case(&class))
        .expect("a class")
}

/// One SKU as the product table has it.
pub(crate) struct Product {
    part_number: String,
    name: String,
    /// Every plan, also those without a meaning for Teams Phone.
    pub(crate) plans: BTreeSet<u128>,
}

impl Product {
    fn classes(&self, voice: &BTreeMap<u128, (String, PlanClass)>) -> PlanClasses {
        self.plans
            .iter()
            .filter_map(|id| voice.get(id))
            .map(|&(_, class)| class)
            .collect()
    }
}

fn voice_plans() -> BTreeMap<u128, (String, PlanClass)> {
    let mut reader = csv::Reader::from_path(VOICE_PLANS).expect("the voice plans");
    reader
        .records()
        .map(|row| row.expect("a row"))
        .map(|row| {
            let name = clean(&row[1]);
            let class = class_of(&name, &row[0]);
            (guid(&row[2]), (name, class))
        })
        .collect()
}

/// The product table by SKU id.
pub(crate) fn products() -> BTreeMap<u128, Product> {
    let mut reader = csv::Reader::from_path(PRODUCTS).expect("the product table");
    let mut products = BTreeMap::new();
    for row in reader.records() {
        let row = row.expect("a row");
        let product = products.entry(guid(&row[2])).or_insert_with(|| Product {
            part_number: clean(&row[1]),
            name: clean(&row[0]),
            plans: BTreeSet::new(),
        });
        assert_eq!(product.part_number, clean(&row[1]));
        product.plans.insert(guid(&row[4]));
    }
    products
}

fn generated() -> String {
    let voice = voice_plans();
    let products = products();
    let mut text = HEADER.to_owned();
    let _ = write!(
        text,
        "\n#[rustfmt::skip]\npub(super) static PLANS: [Plan; {}] = [\n",
        voice.len()
    );
    for (&id, (name, class)) in &voice {
        let _ = writeln!(text, "    plan({}, {name:?}, {class:?}),", literal(id));
    }
    let _ = write!(
        text,
        "];\n\n#[rustfmt::skip]\npub(super) static SKUS: [Sku; {}] = [\n",
        products.len()
    );
    for (&id, product) in &products {
        let classes: Vec<_> = product.classes(&voice).iter().collect();
        let _ = writeln!(
            text,
            "    sku({}, {:?}, {:?}, &{classes:?}),",
            literal(id),
            product.part_number,
            product.name
        );
    }
    text.push_str("];\n");
    text
}

#[test]
fn the_table_is_what_the_data_say() {
    let expected = generated();
    if std::env::var_os("TENANTLINT_UPDATE").is_some_and(|value| value == "1") {
        fs::write(TABLE, expected).expect("the table can be written");
        return;
    }
    let found = fs::read_to_string(TABLE).expect("the table can be read");
    assert!(
        found.replace("\r\n", "\n") == expected,
        "table.rs is stale: run `TENANTLINT_UPDATE=1 cargo test service_plans`"
    );
}
