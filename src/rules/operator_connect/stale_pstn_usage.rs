//! `rules/operator-connect/stale-pstn-usage.md`

use serde::Deserialize;

use crate::finding::toml;
use crate::finding::{Draft, Label, Remedy, Severity, Subject, SubjectKind};
use crate::rules::option_types::prefixes;
use crate::rules::{Check, Cx, Declared, OptionsSpec, Verdict, rule, voice_routing_removal};
use crate::snapshot::cell::without_tag;
use crate::tenant::{
    Answer, Assigned, EffectiveRouting, Holder, LiveRoute, LiveRoutes, Number, User,
    VoiceRoutingPolicy, Written,
};

pub(super) const RULE: Declared = rule!(
    "operator-connect",
    "stale-pstn-usage",
    Check::Number(check),
    Some(OptionsSpec::of::<Options>(&[
        "allowed-policies",
        "internal-ranges"
    ]))
);

/// Options of the rule.
#[derive(Clone, Default, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Options {
    /// Voice routing policies that Operator Connect users may keep.
    allowed_policies: Vec<String>,
    /// Digit prefixes, with or without `+`, of numbers that stay on Direct Routing.
    #[serde(deserialize_with = "prefixes")]
    internal_ranges: Vec<String>,
}

/// Numbers to show a diverted call with, all from ranges that belong to nobody.
const EXAMPLES: [&str; 6] = [
    "+14255550123",
    "+33199001234",
    "+442079460123",
    "+493023125123",
    "+61255501234",
    "+46850465004",
];

fn check(number: &Number, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let on_operator_connect = tenant.is_operator_connect(number);
    if on_operator_connect == Answer::No {
        return Verdict::NotApplicable;
    }
    match number.holder {
        Holder::User(_) | Holder::ResourceAccount(_) => {}
        Holder::Unknown => {
            return Verdict::Unknown("the export does not tell who holds the number");
        }
        Holder::Unlisted(_) => {
            return Verdict::Unknown("the holder is not in `Get-CsOnlineUser`");
        }
        Holder::Nobody | Holder::ConferenceBridge | Holder::SharedCallingPolicy => {
            return Verdict::NotApplicable;
        }
    }
    let Some(user) = tenant.account_of_holder(number) else {
        return Verdict::Unknown("the holder is not in `Get-CsOnlineUser`");
    };
    if tenant.is_deleted(user) {
        return Verdict::NotApplicable;
    }
    let (policy, place) = match tenant.effective_voice_routing(user, Some(number.key)) {
        EffectiveRouting::Named { policy, place } => (policy, place),
        // What everybody inherits is one fault of the tenant, not one of each number.
        EffectiveRouting::Global(_) => return Verdict::Passed,
        EffectiveRouting::Dangling(_) => {
            return Verdict::Unknown("the assigned voice routing policy is not in the export");
        }
        EffectiveRouting::Unknown => {
            return Verdict::Unknown("the export does not tell the voice routing policy");
        }
    };
    match policy.usages.value() {
        None if policy.usages.is_absent() => {
            return Verdict::Unknown("the export does not tell the policy's PSTN usages");
        }
        None => return Verdict::Passed,
        Some(usages) if usages.is_empty() => return Verdict::Passed,
        Some(_) => {}
    }
    let name = policy_name(policy, cx);
    let allowed = &cx.options::<Options>().allowed_policies;
    if allowed
        .iter()
        .any(|allowed| without_tag(allowed).eq_ignore_ascii_case(&name))
    {
        return Verdict::Passed;
    }
    if on_operator_connect == Answer::Unknown {
        return Verdict::Unknown("the export does not tell whether the number is Operator Connect");
    }
    let case = Case {
        number,
        user,
        policy,
        name,
        assigned: tenant.assigned(place),
        place,
    };
    // A route that leaves the company decides; without one, the grade would be a guess.
    let routes = tenant.live_routes(policy);
    if routes.unknown && routes.live.iter().all(|route| is_internal(route, cx)) {
        return Verdict::Unknown(
            "the exports do not tell whether a gateway of the policy's routes is enabled",
        );
    }
    Verdict::Found(Box::new(case.draft(&routes, cx)))
}

fn policy_name(policy: &VoiceRoutingPolicy, cx: &Cx) -> String {
    policy.name.get().map_or_else(String::new, |name| {
        cx.tenant.snapshot.texts.symbol(name.0).to_owned()
    })
}

struct Case<'t> {
    number: &'t Number,
    user: &'t User,
    policy: &'t VoiceRoutingPolicy,
    name: String,
    assigned: Assigned<'t>,
    place: Written<'t>,
}

impl Case<'_> {
    fn draft(&self, routes: &LiveRoutes, cx: &Cx) -> Draft {
        let tenant = cx.tenant;
        let holder = tenant.user_name(self.user);
        let key = self.number.key.to_string();
        let outside = routes.live.iter().find(|route| !is_internal(route, cx));
        let shown = outside.or(routes.live.first());
        let severity = match (shown, outside) {
            (None, _) => Severity::Warning,
            (Some(_), None) => Severity::Info,
            (Some(_), Some(_)) => Severity::Error,
        };
        let mut related = vec![Label::new(
            self.number.record.at("TelephoneNumber"),
            "belongs to Operator Connect",
        )];
        let evidence = match shown {
            Some(route) => self.live_evidence(route, severity, &mut related, cx),
            None => self.idle_evidence(&mut related, cx),
        };
        let of = match self.number.holder {
            Holder::ResourceAccount(_) => "of resource account",
            _ => "of",
        };
        Draft {
            severity,
            subject: Subject::new(SubjectKind::Number, &key, &key),
            discriminator: String::new(),
            message: format!("`{key}` {of} `{holder}` {evidence}"),
            primary: Label::new(self.place, self.assignment()),
            related,
            remedy: self.remedy(&key, severity, cx),
        }
    }

    fn assignment(&self) -> String {
        let name = &self.name;
        match self.assigned {
            Assigned::ToNumber(_) => format!("policy `{name}` is assigned to the number itself"),
            Assigned::ToUser => format!("policy `{name}` is still assigned"),
            Assigned::ByGroup => format!("policy `{name}` is inherited from a group"),
        }
    }

    fn live_evidence(
        &self,
        route: &LiveRoute,
        severity: Severity,
        related: &mut Vec<Label>,
        cx: &Cx,
    ) -> String {
        let tenant = cx.tenant;
        let texts = &tenant.snapshot.texts;
        let usage = texts.symbol(route.usage);
        let gateway = route
            .gateway
            .fqdn
            .get()
            .map_or("", |fqdn| texts.symbol(fqdn));
        let example = tenant
            .pattern(route.route)
            .and_then(|pattern| pattern.example(&self.likely_numbers()));
        let record = tenant.route(route.route);
        let route_name = record
            .and_then(|record| record.name.get())
            .map_or("", |name| texts.symbol(name.0));
        related.push(Label::new(
            self.policy
                .at("OnlinePstnUsages")
                .element(route.usage_index),
            format!("grants PSTN usage `{usage}`"),
        ));
        if let Some(record) = record {
            let text = match &example {
                Some(dialled) => format!("so a call to `{dialled}` takes this route"),
                None => "calls that match take this route".to_owned(),
            };
            related.push(Label::new(record.at("NumberPattern"), text));
            related.push(Label::new(
                record
                    .at("OnlinePstnGatewayList")
                    .element(route.gateway_index),
                format!("to `{gateway}`"),
            ));
        }
        related.push(Label::new(
            route.gateway.at("Enabled"),
            format!("`{gateway}` is enabled"),
        ));
        let call = match &example {
            Some(dialled) => format!("a call to `{dialled}`"),
            None => "a call that matches".to_owned(),
        };
        let verb = if severity == Severity::Info {
            "keeps internal calls on Direct Routing"
        } else {
            "still routes over Direct Routing"
        };
        format!(
            "{verb}: policy `{}` grants PSTN usage `{usage}`, and {call} leaves by route `{route_name}` over `{gateway}`",
            self.name
        )
    }

    fn idle_evidence(&self, related: &mut Vec<Label>, cx: &Cx) -> String {
        let usages = self.policy.usages.value().into_iter().flatten();
        let names: Vec<String> = usages
            .map(|usage| format!("`{}`", cx.tenant.snapshot.texts.symbol(*usage)))
            .collect();
        let plural = if names.len() == 1 { "" } else { "s" };
        related.push(Label::new(
            self.policy.at("OnlinePstnUsages"),
            "no route of these leads to an enabled gateway",
        ));
        format!(
            "keeps PSTN usage{plural} {} of Direct Routing by policy `{}`: no route leads to an enabled gateway today",
            names.join(", "),
            self.name
        )
    }

    /// A number like the holder's own makes the best example.
    fn likely_numbers(&self) -> Vec<&'static str> {
        let own = self.number.key.digits();
        let mut examples = EXAMPLES.to_vec();
        let shared = |example: &str| {
            let digits = example.trim_start_matches('+').bytes();
            digits
                .zip(own.bytes())
                .take_while(|(one, two)| one == two)
                .count()
        };
        examples.sort_by_key(|example| std::cmp::Reverse(shared(example)));
        examples
    }

    fn remedy(&self, key: &str, severity: Severity, cx: &Cx) -> Remedy {
        let holder = cx.tenant.user_identity(self.user);
        let mut commands =
            voice_routing_removal::commands(&self.name, self.assigned, &holder, key, cx);
        if severity == Severity::Info {
            commands.push(format!(
                "# meant to stay? accept it in tenantlint.toml, under [rules.stale-pstn-usage]: allowed-policies = [{}]",
                toml::quoted(&self.name)
            ));
        }
        Remedy {
            summary: "take the voice routing policy away; leave the PSTN usage itself alone, others need it".into(),
            commands,
        }
    }
}

/// Whether a route serves the PBX only: short numbers, or ranges that the options name.
fn is_internal(route: &LiveRoute, cx: &Cx) -> bool {
    let ranges = &cx.options::<Options>().internal_ranges;
    cx.tenant.is_internal_route(route.route, ranges)
}
