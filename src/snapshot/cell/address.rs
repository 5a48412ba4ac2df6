//! Addresses that calls are sent to.

use super::{Cell, Reading};
use crate::snapshot::lax::Lax;
use crate::snapshot::prefix::strip_prefix_ignore_case;
use crate::snapshot::texts::{Text, Texts};

/// The property that nearly every SIP address repeats.
pub(super) const UPN: &str = "UserPrincipalName";

/// A SIP address without `sip:`. One that repeats the user principal name of its record is that same text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SipAddress(pub Text);

impl Cell for SipAddress {
    fn read(value: &Lax, reading: &mut Reading) -> Option<Self> {
        let text = value.scalar()?;
        let address = strip_prefix_ignore_case(&text, "sip:").map_or(&*text, str::trim);
        let upn = reading.upn.filter(|upn| {
            let upn = reading.arena.kept(*upn);
            upn.is_some_and(|upn| upn.eq_ignore_ascii_case(address))
        });
        Some(Self(upn.unwrap_or_else(|| reading.arena.keep(address))))
    }

    fn show(&self, texts: &Texts, out: &mut Vec<String>) -> bool {
        self.0.show(texts, out)
    }

    fn same(&self, other: &Self, texts: &Texts) -> bool {
        self.0.same(&other.0, texts)
    }
}

/// A delegate of an account, by SIP address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Delegate(pub Text);

impl Cell for Delegate {
    fn read(value: &Lax, reading: &mut Reading) -> Option<Self> {
        let text = value.member("Id").unwrap_or(value).scalar()?;
        // As the cmdlet prints it where it does not print the object.
        let address = strip_prefix_ignore_case(&text, "id:").unwrap_or(&text);
        Some(Self(reading.arena.keep(address)))
    }

    fn show(&self, texts: &Texts, out: &mut Vec<String>) -> bool {
        self.0.show(texts, out)
    }

    fn same(&self, other: &Self, texts: &Texts) -> bool {
        self.0.same(&other.0, texts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::field::Field;
    use crate::snapshot::texts::TextsBuilder;
    use crate::source::{SourceId, Span};

    #[test]
    fn an_address_that_repeats_the_name_of_its_record_is_the_same_text() {
        let builder = TextsBuilder::default();
        let mut reading = Reading::new(builder.arena(), false);
        let mut record = |upn: &str, sip: &str| {
            reading.begin_record(Span::start_of(SourceId(0)));
            reading.begin_property(UPN);
            let upn = Text::field(&Lax::Text(upn.into()), &mut reading);
            reading.begin_property("SipAddress");
            let sip = SipAddress::field(&Lax::Text(sip.into()), &mut reading);
            (upn, sip.map(|sip| sip.0))
        };
        let (upn, alike) = record("Ana@contoso.example", "sip:ana@contoso.example");
        assert_eq!(upn, alike);
        let (_, apart) = record("bo@contoso.example", "SIP: bo.lind@contoso.example");
        let (_, none) = record("cy@contoso.example", "");
        assert!(none.is_null());
        let filled = reading.arena.finish();
        let texts = builder.finish(vec![filled]);
        let Field::Value(apart) = apart else {
            panic!("{apart:?}");
        };
        assert_eq!(texts.text(apart), "bo.lind@contoso.example");
    }

    #[test]
    fn a_delegate_is_an_object_or_what_is_printed_of_it() {
        let builder = TextsBuilder::default();
        let mut reading = Reading::new(builder.arena(), false);
        let mut said = |json: &str| -> Option<Text> {
            let value = serde_json::from_str(json).expect("JSON");
            Delegate::read(&value, &mut reading).map(|delegate| delegate.0)
        };
        let read = [
            said(r#"{"Id":"sip:b@contoso.example","ReceiveCalls":true}"#),
            said(r#""Id:sip:b@contoso.example""#),
            said(r#""sip:b@contoso.example""#),
        ];
        let filled = reading.arena.finish();
        let texts = builder.finish(vec![filled]);
        for delegate in read {
            let text = delegate.map(|text| texts.text(text));
            assert_eq!(text, Some("sip:b@contoso.example"));
        }
    }
}
