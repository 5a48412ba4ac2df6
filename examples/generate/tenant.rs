//! What a generated tenant holds, and how its files are written.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use super::json::{Json, ps7};
use super::template::{Filling, Hole, Template, element};

/// Who writes the files.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub(crate) enum Style {
    /// `ConvertTo-Json` of PowerShell 7.
    Ps7,
    /// `ConvertTo-Json` of Windows PowerShell 5.1.
    Ps51,
    /// `ConvertTo-Json -Compress`.
    Compress,
    /// One record a line.
    Ndjson,
}

/// How the files are encoded.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub(crate) enum Encoding {
    /// UTF-8; of Windows PowerShell 5.1 with byte order mark.
    Utf8,
    /// UTF-16, little-endian, with byte order mark: what `>` of Windows PowerShell writes.
    Utf16,
}

/// What to write.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// Users besides those of the sample.
    pub(crate) users: u64,
    /// Numbers besides those of the sample.
    pub(crate) numbers: u64,
    /// Who writes.
    pub(crate) style: Style,
    /// How it is encoded.
    pub(crate) encoding: Encoding,
    /// Source of the object ids.
    pub(crate) seed: u64,
}

/// A fault that is put in, in users who hold a number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fault {
    /// US001, one user in 100: mode Islands.
    Islands,
    /// OC001, one in 200: a voice routing policy of Direct Routing on an Operator Connect number.
    StalePolicy,
    /// US002, one in 500: Enterprise Voice is switched off.
    VoiceOff,
    /// LI001, one in 500: no Teams Phone plan.
    NoLicense,
    /// NU002, one in 1000: the activation of the number failed.
    Failed,
}

/// All faults with the code of the rule that finds them.
pub(crate) const FAULTS: [(Fault, &str, u64, u64); 5] = [
    (Fault::Islands, "US001", 100, 7),
    (Fault::StalePolicy, "OC001", 200, 11),
    (Fault::VoiceOff, "US002", 500, 13),
    (Fault::NoLicense, "LI001", 500, 17),
    (Fault::Failed, "NU002", 1000, 19),
];

/// The fault of the user with that running number, if it has one.
pub(crate) fn fault_of(number: u64) -> Option<Fault> {
    FAULTS
        .iter()
        .find(|(_, _, rate, rest)| number % rate == *rest)
        .map(|(fault, ..)| *fault)
}

/// Bytes that are collected before they are written.
const BUFFER: usize = 1 << 20;

/// Writes the tenant into a folder.
pub(crate) fn write(plan: &Plan, out: &Path) -> io::Result<()> {
    std::fs::create_dir_all(out)?;
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots/fabrikam");
    for entry in std::fs::read_dir(sample)? {
        let path = entry?.path();
        let Some(name) = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
        else {
            continue;
        };
        let value = dates_as_text(read(&path)?);
        let kind = name.trim_end_matches(".json").to_owned();
        if matches!(kind.as_str(), "manifest" | "operators") {
            let value = counted(value, plan);
            std::fs::write(out.join(&name), ps7(&value))?;
            continue;
        }
        let records = value.records();
        let name = match plan.style {
            Style::Ndjson => format!("{kind}.ndjson"),
            _ => name,
        };
        let mut list = List::begin(plan, File::create(out.join(name))?);
        for record in &records {
            list.add(|text| text.push_str(&element(record, plan.style)))?;
        }
        match kind.as_str() {
            "Get-CsOnlineUser" => users(plan, &records, &mut list)?,
            "Get-CsPhoneNumberAssignment" => numbers(plan, &records, &mut list)?,
            _ => {}
        }
        list.end()?;
    }
    Ok(())
}

fn read(path: &Path) -> io::Result<Json> {
    let bytes = std::fs::read(path)?;
    let text = match bytes.as_slice() {
        [0xFF, 0xFE, rest @ ..] => {
            let units: Vec<u16> = rest
                .chunks_exact(2)
                .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
                .collect();
            String::from_utf16_lossy(&units)
        }
        _ => String::from_utf8_lossy(&bytes)
            .trim_start_matches('\u{FEFF}')
            .to_owned(),
    };
    Ok(Json::parse(&text))
}

/// Dates as PowerShell 7 writes them; the writer of 5.1 turns them back.
fn dates_as_text(value: Json) -> Json {
    value.map_members(&mut |members| {
        let members = members
            .into_iter()
            .map(|(key, value)| match &value {
                Json::Text(text) => {
                    let ms = text
                        .strip_prefix("/Date(")
                        .and_then(|rest| rest.strip_suffix(")/"));
                    let moment = ms
                        .and_then(|ms| ms.parse().ok())
                        .and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
                    match moment {
                        Some(moment) => (key, Json::Text(moment.to_string())),
                        None => (key, value),
                    }
                }
                _ => (key, value),
            })
            .collect();
        Json::Object(members)
    })
}

/// The manifest counts records.
fn counted(value: Json, plan: &Plan) -> Json {
    value.map_members(&mut |mut members| {
        let kind = members.iter().find(|(key, _)| key == "kind").cloned();
        let more = match kind {
            Some((_, Json::Text(kind))) if kind == "Get-CsOnlineUser" => plan.users,
            Some((_, Json::Text(kind))) if kind == "Get-CsPhoneNumberAssignment" => plan.numbers,
            _ => 0,
        };
        for (key, value) in &mut members {
            if let (true, Json::Number(count)) = (key == "records", &value) {
                *value = Json::Number(count + i64::try_from(more).unwrap_or(0));
            }
        }
        Json::Object(members)
    })
}

/// The record of somebody on Operator Connect, with holes in place of what differs.
fn model<'r>(records: &'r [Json], key: &str, wanted: &str) -> &'r Json {
    let is_wanted = |record: &&Json| match record.get(key) {
        Some(Json::Object(_)) => wanted.is_empty(),
        Some(Json::Text(text)) => !wanted.is_empty() && text == wanted,
        _ => false,
    };
    records
        .iter()
        .find(is_wanted)
        .expect("the sample has such a record")
}

fn set(record: &mut Json, key: &str, value: Json) {
    if let Json::Object(members) = record {
        for (name, old) in members {
            if name == key {
                *old = value;
                return;
            }
        }
    }
}

fn text(value: impl Into<String>) -> Json {
    Json::Text(value.into())
}

fn users(plan: &Plan, records: &[Json], list: &mut List) -> io::Result<()> {
    let people: Vec<Json> = records
        .iter()
        .filter(|record| {
            record.get("AccountType") == Some(&text("User"))
                && record.get("EnterpriseVoiceEnabled") == Some(&Json::Bool(true))
                && record.get("OnPremLineUri") == Some(&Json::Null)
        })
        .cloned()
        .collect();
    // The service sets this policy on users of Operator Connect.
    let first = model(&people, "TeamsCarrierEmergencyCallRoutingPolicy", "");
    let mut bases = like(first, &people, &ALIKE_USERS);
    bases.retain(|base| plans_of(base) == plans_of(first));
    let cleaned: Vec<Json> = bases.iter().map(|base| cleaned(base)).collect();
    let clean = &cleaned[0];
    let mut without = clean.clone();
    set(&mut without, "LineUri", Json::Null);
    set(&mut without, "TelephoneNumbers", Json::List(Vec::new()));
    set(&mut without, "EnterpriseVoiceEnabled", Json::Bool(false));
    set(
        &mut without,
        "TeamsCarrierEmergencyCallRoutingPolicy",
        Json::Null,
    );
    let variant = |fault: Fault| {
        let mut record = clean.clone();
        match fault {
            Fault::Islands => set(&mut record, "TeamsUpgradeEffectiveMode", text("Islands")),
            Fault::StalePolicy => {
                let policy = routed_policy(records);
                set(&mut record, "OnlineVoiceRoutingPolicy", policy);
            }
            Fault::VoiceOff => set(&mut record, "EnterpriseVoiceEnabled", Json::Bool(false)),
            Fault::NoLicense => {
                let teams = vec![
                    ("Capability".to_owned(), text("Teams")),
                    ("CapabilityStatus".to_owned(), text("Enabled")),
                ];
                set(
                    &mut record,
                    "AssignedPlan",
                    Json::List(vec![Json::Object(teams)]),
                );
                set(&mut record, "FeatureTypes", Json::List(vec![text("Teams")]));
            }
            Fault::Failed => {}
        }
        (Some(fault), Template::new(&record, plan.style))
    };
    let faulty: Vec<(Option<Fault>, Template)> =
        FAULTS.iter().map(|(fault, ..)| variant(*fault)).collect();
    let clean = templates(&cleaned, plan.style);
    let without = Template::new(&without, plan.style);
    let mut fields = Fields::new(plan.seed);
    for number in 0..plan.users {
        let fault = fault_of(number);
        fields.become_user(number);
        let template = if number >= plan.numbers {
            &without
        } else {
            let faulty = faulty.iter().find(|(of, _)| *of == fault);
            faulty.map_or_else(|| fields.one_of(&clean), |(_, one)| one)
        };
        list.add(|text| template.fill(&fields.filling, text))?;
    }
    Ok(())
}

/// What all users have alike who take turns: whoever differs in it would be found by other rules.
const ALIKE_USERS: [&str; 12] = [
    "AccountEnabled",
    "FeatureTypes",
    "HostingProvider",
    "OnlineVoiceRoutingPolicy",
    "TeamsCarrierEmergencyCallRoutingPolicy",
    "TeamsEmergencyCallRoutingPolicy",
    "TeamsSurvivableBranchAppliancePolicy",
    "TeamsUpgradeEffectiveMode",
    "TenantDialPlan",
    "UsageLocation",
    "UserDirSyncEnabled",
    "UserValidationErrors",
];

/// The same of their numbers.
const ALIKE_NUMBERS: [&str; 8] = [
    "ActivationState",
    "AssignmentCategory",
    "Capability",
    "IsoCountryCode",
    "LocationUpdateSupported",
    "NumberSource",
    "PstnAssignmentStatus",
    "PstnPartnerId",
];

/// The records that have these properties as the first one has them.
fn like<'r>(first: &Json, records: &'r [Json], properties: &[&str]) -> Vec<&'r Json> {
    let is_alike = |record: &&Json| {
        let mut properties = properties.iter();
        properties.all(|property| record.get(property) == first.get(property))
    };
    records.iter().filter(is_alike).collect()
}

fn templates(records: &[Json], style: Style) -> Vec<Template> {
    let records = records.iter();
    records.map(|one| Template::new(one, style)).collect()
}

/// The names of the plans of a user.
fn plans_of(user: &Json) -> Vec<&Json> {
    match user.get("AssignedPlan") {
        Some(Json::List(plans)) => plans
            .iter()
            .filter_map(|plan| plan.get("Capability"))
            .collect(),
        _ => Vec::new(),
    }
}

/// A user of the sample with nothing that a rule would find, and holes for what no two users have alike.
fn cleaned(base: &Json) -> Json {
    let mut clean = with_holes(base.clone());
    let (id, name) = (Hole::Id.mark(), format!("user{}", Hole::Name.mark()));
    let address = format!("{name}@fabrikam.example");
    let digits = format!("+{}", Hole::Digits.mark());
    set(&mut clean, "Identity", text(id));
    set(&mut clean, "UserPrincipalName", text(&address));
    set(
        &mut clean,
        "DisplayName",
        text(format!("User {}", Hole::Name.mark())),
    );
    set(&mut clean, "Alias", text(&name));
    set(&mut clean, "SipAddress", text(format!("sip:{address}")));
    set(
        &mut clean,
        "SipProxyAddress",
        text(format!("sip:{address}")),
    );
    set(&mut clean, "LineUri", text(format!("tel:{digits}")));
    set(&mut clean, "OnlineVoiceRoutingPolicy", Json::Null);
    set(
        &mut clean,
        "EffectivePolicyAssignments",
        Json::List(Vec::new()),
    );
    set(
        &mut clean,
        "TelephoneNumbers",
        Json::List(vec![Json::Object(vec![
            ("AssignmentCategory".to_owned(), text("Primary")),
            ("TelephoneNumber".to_owned(), text(&digits)),
        ])]),
    );
    clean
}

/// Holes in place of moments, of the ids of what somebody subscribed to, and of people's names.
fn with_holes(record: Json) -> Json {
    record.map_members(&mut |members| {
        let members = members.into_iter().map(|(key, value)| {
            let value = match (key.as_str(), &value) {
                ("AssignedTimestamp" | "WhenChanged" | "WhenCreated", Json::Text(_)) => {
                    text(Hole::Moment.mark())
                }
                ("SubscribedPlanId", Json::Text(_)) => text(Hole::Other.mark()),
                ("GivenName" | "LastName", Json::Text(_)) => {
                    text(format!("{}{}", &key[..1], Hole::Name.mark()))
                }
                _ => value,
            };
            (key, value)
        });
        Json::Object(members.collect())
    })
}

/// The voice routing policy of somebody on Direct Routing.
fn routed_policy(records: &[Json]) -> Json {
    records
        .iter()
        .filter(|record| record.get("TeamsCarrierEmergencyCallRoutingPolicy") == Some(&Json::Null))
        .filter_map(|record| record.get("OnlineVoiceRoutingPolicy"))
        .find(|policy| matches!(policy, Json::Object(_)))
        .cloned()
        .expect("the sample has users on Direct Routing")
}

fn numbers(plan: &Plan, records: &[Json], list: &mut List) -> io::Result<()> {
    let on_operator_connect: Vec<Json> = records
        .iter()
        .filter(|record| record.get("NumberType") == Some(&text("OperatorConnect")))
        .cloned()
        .collect();
    let digits = format!("+{}", Hole::Digits.mark());
    let with = |status: &str| -> Vec<Json> {
        let first = model(&on_operator_connect, "PstnAssignmentStatus", status);
        let alike = like(first, &on_operator_connect, &ALIKE_NUMBERS);
        let mut all: Vec<Json> = alike.into_iter().cloned().collect();
        for record in &mut all {
            set(record, "TelephoneNumber", text(&digits));
        }
        all
    };
    let mut assigned = with("UserAssigned");
    for record in &mut assigned {
        set(record, "AssignedPstnTargetId", text(Hole::Id.mark()));
    }
    let mut failed = assigned[0].clone();
    set(&mut failed, "ActivationState", text("AssignmentFailed"));
    let free = templates(&with("Unassigned"), plan.style);
    let assigned = templates(&assigned, plan.style);
    let failed = Template::new(&failed, plan.style);
    let mut fields = Fields::new(plan.seed);
    for number in 0..plan.numbers {
        fields.become_user(number);
        let template = if number >= plan.users {
            fields.one_of(&free)
        } else if fault_of(number) == Some(Fault::Failed) {
            &failed
        } else {
            fields.one_of(&assigned)
        };
        list.add(|text| template.fill(&fields.filling, text))?;
    }
    Ok(())
}

/// What goes into the holes of one user and its number; the texts are used again.
struct Fields {
    seed: u64,
    turn: u64,
    filling: Filling,
}

/// The first and the last day of what was done to users, in milliseconds since 1970: 2019 to 2025.
const DAYS: (u64, u64) = (1_546_300_800_000, 1_767_139_200_000);

impl Fields {
    fn new(seed: u64) -> Self {
        Self {
            seed,
            turn: 0,
            filling: Filling::default(),
        }
    }

    /// Numbers count up in the area code 555, which is assigned to nobody.
    fn become_user(&mut self, number: u64) {
        let (one, two) = (mixed(self.seed, number), mixed(self.seed ^ 0x5eed, number));
        self.turn = two >> 16;
        let filling = &mut self.filling;
        write_id(&mut filling.id, one, two);
        write_id(&mut filling.other, two, one);
        filling.name.clear();
        let _ = write!(filling.name, "{number:07}");
        filling.digits.clear();
        let _ = write!(filling.digits, "1555{:07}", number % 10_000_000);
        let ms = (DAYS.0 + one % (DAYS.1 - DAYS.0)) / 1000 * 1000;
        filling.milliseconds.clear();
        let _ = write!(filling.milliseconds, "{ms}");
        filling.moment.clear();
        let moment = jiff::Timestamp::from_millisecond(ms.cast_signed());
        let _ = write!(filling.moment, "{}", moment.unwrap_or_default());
    }

    /// One of several templates, as it comes.
    fn one_of<'t>(&self, templates: &'t [Template]) -> &'t Template {
        &templates[self.turn as usize % templates.len()]
    }
}

fn write_id(text: &mut String, one: u64, two: u64) {
    text.clear();
    let _ = write!(
        text,
        "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
        one >> 32,
        (one >> 16) & 0xffff,
        one & 0xfff,
        two >> 52,
        two & 0xffff_ffff_ffff
    );
}

/// A number that looks random, the same for the same seed (splitmix64).
fn mixed(seed: u64, number: u64) -> u64 {
    let mut mixed = (seed.wrapping_mul(0x9E37_79B9_7F4A_7C15))
        .wrapping_add(number.wrapping_mul(0xD134_2543_DE82_EF95));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

/// A list of records that is written piece by piece.
struct List<'p> {
    plan: &'p Plan,
    file: File,
    text: String,
    first: bool,
}

impl<'p> List<'p> {
    fn begin(plan: &'p Plan, file: File) -> Self {
        let mut list = Self {
            plan,
            file,
            text: String::with_capacity(BUFFER + BUFFER / 4),
            first: true,
        };
        if plan.encoding == Encoding::Utf16 || plan.style == Style::Ps51 {
            list.text.push('\u{FEFF}');
        }
        list.text.push_str(match plan.style {
            Style::Ps7 => "[\n",
            Style::Ps51 => "[\r\n",
            Style::Compress => "[",
            Style::Ndjson => "",
        });
        list
    }

    fn add(&mut self, record: impl FnOnce(&mut String)) -> io::Result<()> {
        if !self.first {
            self.text.push_str(match self.plan.style {
                Style::Ps7 => ",\n",
                Style::Ps51 => ",\r\n",
                Style::Compress => ",",
                Style::Ndjson => "\n",
            });
        }
        self.first = false;
        record(&mut self.text);
        if self.text.len() >= BUFFER {
            self.flush()?;
        }
        Ok(())
    }

    fn end(mut self) -> io::Result<()> {
        self.text.push_str(match self.plan.style {
            Style::Ps7 => "\n]\n",
            Style::Ps51 => "\r\n]\r\n",
            Style::Compress => "]",
            Style::Ndjson => "\n",
        });
        self.flush()
    }

    fn flush(&mut self) -> io::Result<()> {
        match self.plan.encoding {
            Encoding::Utf8 => self.file.write_all(self.text.as_bytes())?,
            Encoding::Utf16 => {
                let bytes: Vec<u8> = self
                    .text
                    .encode_utf16()
                    .flat_map(u16::to_le_bytes)
                    .collect();
                self.file.write_all(&bytes)?;
            }
        }
        self.text.clear();
        Ok(())
    }
}
