//! The questions that rules ask, each with data that answer yes, no, and not at all.

mod accounts;
mod apps;
mod directory;
mod edits;
mod licenses;
mod merging;
mod numbers;
mod operators;
mod order;
mod routing;

use super::Tenant;
use super::testing::tenant;
use crate::snapshot::ObjectId;

const ONE: &str = "00000000-0000-4000-8000-000000000001";
const TWO: &str = "00000000-0000-4000-8000-000000000002";
const THREE: &str = "00000000-0000-4000-8000-000000000003";

/// The partner id that stands for Microsoft.
const MICROSOFT: &str = "7fc2f2eb-89aa-41d7-93de-73d015d22ff0";

/// An id as the tenant holds it.
fn id(text: &str) -> ObjectId {
    ObjectId::parse(text).expect("an id")
}

/// A tenant with one user of these properties.
fn user(properties: &str) -> Tenant {
    let text = user_text(ONE, properties);
    tenant(&[("Get-CsOnlineUser.json", &text)])
}

/// An export of `Get-CsOnlineUser` with one user of these properties.
fn user_text(id: &str, properties: &str) -> String {
    format!(
        "[{{\"Identity\":\"{id}\",\"UserPrincipalName\":\"a@contoso.example\",\"EnterpriseVoiceEnabled\":true{properties}}}]"
    )
}

/// A text of the tenant.
fn text(tenant: &Tenant, text: Option<crate::snapshot::Text>) -> &str {
    text.map_or("", |text| tenant.snapshot.texts.text(text))
}

/// A symbol of the tenant.
fn symbol(tenant: &Tenant, symbol: Option<crate::snapshot::Symbol>) -> &str {
    symbol.map_or("", |symbol| tenant.snapshot.texts.symbol(symbol))
}
