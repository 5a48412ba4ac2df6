//! Cutting JSON that arrives in windows into records, so that an export of any size is never held whole.
//!
//! Only the usual shapes are known here: an array of objects, a page or wrapper around one, a bundle of named arrays,
//! and objects one after another. Anything else is [`Unusual`], and the exact way (`split_json`) takes over from the
//! front with the same result. What is inside a record is not looked at: whoever reads the record judges it.

use std::ops::Range;

use super::halves;
use super::run::Between;
use super::split_json::{around, is_page_object, is_record_object, wraps};

/// The text has a shape that this cutter does not know, or is no JSON.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Unusual;

/// What one window was cut into; ranges are those of the window.
#[derive(Debug, Default)]
pub(super) struct Cuts {
    /// The records, each with the number of its group.
    pub records: Vec<(usize, Range<usize>)>,
    /// How much of the window is done with; the rest begins the next window.
    pub consumed: usize,
    /// Where an `@odata.nextLink` is.
    pub next_link: Option<Range<usize>>,
    /// Where an `@odata.count` is.
    pub count: Option<Range<usize>>,
}

/// Cuts windows of one text.
#[derive(Clone, Debug)]
pub(super) struct Cutter {
    state: State,
    /// Names of the groups: keys of a bundle's arrays, or one empty name.
    pub groups: Vec<String>,
    /// What a Graph page says that it is.
    pub context: Option<String>,
    /// Whether the last group may get more records.
    pub open: bool,
    /// How many lists of a page or wrapper there were.
    pub pages: u32,
    bundled: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Start,
    Documents,
    Members(Expect),
    List { expect: Expect, inside: bool },
    End,
}

/// What may come next in a list or an object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Expect {
    FirstOrEnd,
    Next,
    CommaOrEnd,
}

impl Cutter {
    /// Begins at the front of a text.
    pub(super) fn new() -> Self {
        Self {
            state: State::Start,
            groups: Vec::new(),
            context: None,
            open: true,
            pages: 0,
            bundled: 0,
        }
    }

    /// Cuts the next window; `last` says that the text ends with it.
    pub(super) fn cut(&mut self, text: &str, last: bool) -> Result<Cuts, Unusual> {
        let bytes = text.as_bytes();
        let mut cuts = Cuts::default();
        loop {
            let at = skip_blanks(bytes, cuts.consumed);
            cuts.consumed = at;
            let Some(&byte) = bytes.get(at) else {
                break;
            };
            let step = match self.state {
                State::Start => self.start(bytes, at),
                State::Documents => self.document(bytes, at, &mut cuts),
                State::List { expect, inside } => {
                    self.element(byte, bytes, at, expect, inside, &mut cuts)
                }
                State::Members(expect) => self.member(byte, text, at, expect, &mut cuts),
                State::End => Err(Unusual),
            }?;
            match step {
                Some(end) => cuts.consumed = end,
                None if last => return Err(Unusual),
                None => break,
            }
        }
        if last {
            let whole = match self.state {
                State::Documents => true,
                // One list in an object that is no page: the object may be a record. So may one without any list.
                State::End => self.bundled != 1 && !self.groups.is_empty(),
                _ => false,
            };
            return if whole { Ok(cuts) } else { Err(Unusual) };
        }
        Ok(cuts)
    }

    /// What may come next where only records of the last group can; `None` elsewhere.
    pub(super) fn between(&self) -> Option<Between> {
        match self.state {
            State::Documents => Some(Between::Documents),
            State::List { expect, .. } => Some(match expect {
                Expect::FirstOrEnd => Between::ListBegun,
                Expect::Next => Between::BehindComma,
                Expect::CommaOrEnd => Between::BehindRecord,
            }),
            State::Start | State::Members(_) | State::End => None,
        }
    }

    /// Goes on behind records that others read.
    pub(super) fn resume(&mut self, between: Between) {
        if let State::List { inside, .. } = self.state {
            let expect = match between {
                Between::ListBegun => Expect::FirstOrEnd,
                Between::BehindComma => Expect::Next,
                Between::BehindRecord | Between::Documents => Expect::CommaOrEnd,
            };
            self.state = State::List { expect, inside };
        }
    }

    fn start(&mut self, bytes: &[u8], at: usize) -> Result<Option<usize>, Unusual> {
        match bytes[at] {
            b'[' => {
                self.groups.push(String::new());
                self.state = State::List {
                    expect: Expect::FirstOrEnd,
                    inside: false,
                };
                Ok(Some(at + 1))
            }
            b'{' => match shape_of(bytes, at) {
                None => Ok(None),
                Some(Shape::Record) => {
                    self.groups.push(String::new());
                    self.state = State::Documents;
                    Ok(Some(at))
                }
                Some(Shape::Envelope) => {
                    self.state = State::Members(Expect::FirstOrEnd);
                    Ok(Some(at + 1))
                }
            },
            _ => Err(Unusual),
        }
    }

    /// Objects one after another, each a record.
    fn document(
        &mut self,
        bytes: &[u8],
        at: usize,
        cuts: &mut Cuts,
    ) -> Result<Option<usize>, Unusual> {
        if bytes[at] != b'{' {
            return Err(Unusual);
        }
        match shape_of(bytes, at) {
            None => Ok(None),
            Some(Shape::Envelope) => Err(Unusual),
            Some(Shape::Record) => Ok(self.record(bytes, at, cuts)),
        }
    }

    fn record(&self, bytes: &[u8], at: usize, cuts: &mut Cuts) -> Option<usize> {
        let end = object_end(bytes, at)?;
        cuts.records.push((self.groups.len() - 1, at..end));
        Some(end)
    }

    fn element(
        &mut self,
        byte: u8,
        bytes: &[u8],
        at: usize,
        expect: Expect,
        inside: bool,
        cuts: &mut Cuts,
    ) -> Result<Option<usize>, Unusual> {
        let (next, step) = match (expect, byte) {
            (Expect::FirstOrEnd | Expect::Next, b'{') => match may_be_page(bytes, at) {
                None => return Ok(None),
                Some(true) => return Err(Unusual),
                Some(false) => (Expect::CommaOrEnd, self.record(bytes, at, cuts)),
            },
            (Expect::CommaOrEnd, b',') => (Expect::Next, Some(at + 1)),
            (Expect::FirstOrEnd | Expect::CommaOrEnd, b']') => {
                self.state = if inside {
                    State::Members(Expect::CommaOrEnd)
                } else {
                    State::End
                };
                self.open = false;
                return Ok(Some(at + 1));
            }
            _ => return Err(Unusual),
        };
        if step.is_some() {
            self.state = State::List {
                expect: next,
                inside,
            };
        }
        Ok(step)
    }

    /// A member of a page, a wrapper or a bundle.
    fn member(
        &mut self,
        byte: u8,
        text: &str,
        at: usize,
        expect: Expect,
        cuts: &mut Cuts,
    ) -> Result<Option<usize>, Unusual> {
        let bytes = text.as_bytes();
        match (expect, byte) {
            (Expect::FirstOrEnd | Expect::Next, b'"') => {}
            (Expect::CommaOrEnd, b',') => {
                self.state = State::Members(Expect::Next);
                return Ok(Some(at + 1));
            }
            (Expect::CommaOrEnd, b'}') => {
                self.state = State::End;
                return Ok(Some(at + 1));
            }
            _ => return Err(Unusual),
        }
        let Some((key, value)) = key_and_value(bytes, at) else {
            return Ok(None);
        };
        let key = text.get(key).ok_or(Unusual)?.to_ascii_lowercase();
        // Escapes are looked up by the exact way, which also says that a control character is no JSON.
        if key.bytes().any(|byte| byte == b'\\' || byte < b' ') {
            return Err(Unusual);
        }
        if bytes[value] == b'[' {
            let wrapper = wraps(&key);
            let first = skip_blanks(bytes, value + 1);
            match bytes.get(first) {
                None => return Ok(None),
                Some(b'{') => {}
                Some(b']') if wrapper => {}
                Some(_) => return Err(Unusual),
            }
            if wrapper {
                self.pages += 1;
            } else {
                self.bundled += 1;
            }
            if self.pages > 1 || (self.pages > 0 && self.bundled > 0) {
                return Err(Unusual);
            }
            self.groups.push(if wrapper { String::new() } else { key });
            self.open = true;
            self.state = State::List {
                expect: Expect::FirstOrEnd,
                inside: true,
            };
            return Ok(Some(value + 1));
        }
        if !around(&key) || self.bundled > 0 {
            return Err(Unusual);
        }
        let Some(end) = scalar_end(bytes, value) else {
            return Ok(None);
        };
        let scalar = text.get(value..end).ok_or(Unusual)?;
        if halves::has(scalar) || serde_json::from_str::<serde::de::IgnoredAny>(scalar).is_err() {
            return Err(Unusual);
        }
        match key.as_str() {
            // The last page may say that no other follows.
            "@odata.nextlink" | "nextlink" if matches!(scalar, "null" | "\"\"") => {}
            "@odata.nextlink" | "nextlink" => cuts.next_link = Some(value..end),
            "@odata.count" | "totalcount" => cuts.count = Some(value..end),
            "@odata.context" if self.groups.is_empty() => self.context = Some(scalar.to_owned()),
            "@odata.context" => return Err(Unusual),
            _ => {}
        }
        self.state = State::Members(Expect::CommaOrEnd);
        Ok(Some(end))
    }
}

/// What a top-level object may be.
enum Shape {
    Record,
    Envelope,
}

/// Objects that go on for longer than this, in bytes, are not looked at as a whole to tell what they are: who begins like a
/// page is one.
const LONG: usize = 64 * 1024;

/// Whether the object at `at` is a page, a wrapper or a bundle, or ends before that can be told.
pub(super) fn is_envelope(bytes: &[u8], at: usize) -> bool {
    !matches!(shape_of(bytes, at), Some(Shape::Record))
}

/// Whether an element of a list is a page, of which the records are elements too, or ends before that can be told.
pub(super) fn begins_like_page(bytes: &[u8], at: usize) -> bool {
    may_be_page(bytes, at) != Some(false)
}

/// Whether an element of a list is a page. `None` when the window ends before it can be told.
fn may_be_page(bytes: &[u8], at: usize) -> Option<bool> {
    let first = skip_blanks(bytes, at + 1);
    if !may_stand_in_page(bytes.get(first..)?) {
        return Some(false);
    }
    let mut next = first;
    // Hardly an object that begins with a mark, such as `@odata.type`, is a page: its first other member tells.
    while *bytes.get(next)? == b'"' {
        let (key, value) = key_and_value(bytes, next)?;
        let key = String::from_utf8_lossy(&bytes[key]).to_ascii_lowercase();
        let opens = matches!(bytes[value], b'[' | b'{');
        if opens && (around(&key) || wraps(&key)) || key.contains('\\') {
            return as_a_whole(bytes, at, is_page_object);
        }
        if opens || !around(&key) {
            return Some(false);
        }
        let behind = skip_blanks(bytes, scalar_end(bytes, value)?);
        if *bytes.get(behind)? != b',' {
            return Some(false);
        }
        next = skip_blanks(bytes, behind + 1);
    }
    Some(false)
}

/// Whether a text may begin with a key that pages have. Every record of an export is asked: hardly one needs another look.
fn may_stand_in_page(text: &[u8]) -> bool {
    const BEGINNINGS: [&[u8]; 6] = [
        b"@",
        b"count",
        b"nextlink",
        b"telephonenumbers",
        b"totalcount",
        b"value",
    ];
    let Some(key) = text.strip_prefix(b"\"") else {
        return false;
    };
    BEGINNINGS.iter().any(|known| {
        key.get(..known.len())
            .is_some_and(|key| key.eq_ignore_ascii_case(known))
    })
}

/// `None` when the window ends before it can be told.
fn shape_of(bytes: &[u8], at: usize) -> Option<Shape> {
    let first = skip_blanks(bytes, at + 1);
    if *bytes.get(first)? != b'"' {
        return Some(Shape::Record);
    }
    let (key, value) = key_and_value(bytes, first)?;
    let key = String::from_utf8_lossy(&bytes[key]).to_ascii_lowercase();
    let may_be_envelope = around(&key)
        || (wraps(&key) && matches!(bytes[value], b'[' | b'{'))
        || (bytes[value] == b'[' && *bytes.get(skip_blanks(bytes, value + 1))? == b'{');
    // Records may begin like that too, where the order of their keys is another one.
    Some(
        if may_be_envelope && as_a_whole(bytes, at, |text| !is_record_object(text))? {
            Shape::Envelope
        } else {
            Shape::Record
        },
    )
}

/// Whether something is so of the object at `at`, and also where it is long and ends behind the window; `None` when a short
/// one ends there.
fn as_a_whole(bytes: &[u8], at: usize, is_so: impl Fn(&str) -> bool) -> Option<bool> {
    match object_end(bytes, at) {
        Some(end) => Some(std::str::from_utf8(bytes.get(at..end)?).map_or(true, is_so)),
        None => (bytes.len() - at > LONG).then_some(true),
    }
}

/// The range of a key without its quotes, and where its value begins; a colon that is missing makes the value
/// something that nobody expects.
fn key_and_value(bytes: &[u8], at: usize) -> Option<(Range<usize>, usize)> {
    let end = string_end(bytes, at)?;
    let colon = skip_blanks(bytes, end);
    if *bytes.get(colon)? != b':' {
        return Some((at + 1..end - 1, colon));
    }
    let value = skip_blanks(bytes, colon + 1);
    bytes.get(value)?;
    Some((at + 1..end - 1, value))
}

pub(super) fn skip_blanks(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
        .count()
}

/// The offset behind the object that begins at `at`.
pub(super) fn object_end(bytes: &[u8], at: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut next = at;
    loop {
        let found = next + memchr::memchr3(b'"', b'{', b'}', bytes.get(next..)?)?;
        next = match bytes[found] {
            b'"' => string_end(bytes, found)?,
            b'{' => {
                depth += 1;
                found + 1
            }
            _ => {
                depth -= 1;
                if depth == 0 {
                    return Some(found + 1);
                }
                found + 1
            }
        };
    }
}

/// The offset behind the string whose opening quote is at `at`.
pub(super) fn string_end(bytes: &[u8], at: usize) -> Option<usize> {
    let mut next = at + 1;
    loop {
        let found = next + memchr::memchr2(b'"', b'\\', bytes.get(next..)?)?;
        if bytes[found] == b'"' {
            return Some(found + 1);
        }
        next = found + 2;
    }
}

/// The offset behind a text, a number or a word; `None` when the window ends first.
fn scalar_end(bytes: &[u8], at: usize) -> Option<usize> {
    if bytes[at] == b'"' {
        return string_end(bytes, at);
    }
    let rest = bytes.get(at..)?;
    let len = rest
        .iter()
        .position(|byte| matches!(byte, b',' | b'}' | b']' | b' ' | b'\t' | b'\r' | b'\n'))?;
    Some(at + len)
}

#[cfg(test)]
mod tests {
    use super::super::split_json::{Raw, split_json};
    use super::*;

    /// Cuts a text in windows of that many bytes, as a stream does.
    fn streamed(text: &str, window: usize) -> Result<Vec<(String, String)>, Unusual> {
        let mut cutter = Cutter::new();
        let mut records = Vec::new();
        let (mut from, mut size) = (0, window);
        loop {
            let mut to = (from + size).min(text.len());
            while !text.is_char_boundary(to) {
                to += 1;
            }
            let piece = &text[from..to];
            let cuts = cutter.cut(piece, to == text.len())?;
            for (group, range) in cuts.records {
                records.push((cutter.groups[group].clone(), piece[range].to_owned()));
            }
            if to == text.len() {
                return Ok(records);
            }
            size = if cuts.consumed == 0 { size * 2 } else { window };
            from += cuts.consumed;
        }
    }

    fn exact(text: &str) -> Vec<(String, String)> {
        split_json(text)
            .groups
            .into_iter()
            .flat_map(|group| {
                let named = |raw: &Raw| (group.name.clone(), raw.text.to_owned());
                group.records().map(named).collect::<Vec<_>>()
            })
            .collect()
    }

    #[test]
    fn usual_shapes_are_cut_as_the_exact_way_cuts_them() {
        for text in [
            r#"[{"a":"}\"{"},{"a":{"b":[1,{"c":"\\"}]}}]"#,
            " [ ] \n",
            r#" { "@odata.context": "x", "value": [{"a":1}, {"a":2}], "@odata.count": 2 } "#,
            r#"{"value":[{"a":1},{"a":2}],"Count":2}"#,
            "{\"a\":1}\r\n{\"a\":2}\r\n",
            "{\"a\":[1]}{\"value\":\"text\"}",
            r#"{"@odata.context":"x","@microsoft.graph.tips":"y","value":[{"a":1}]}"#,
            r#"{"Count":2,"users":[{"a":1}],"numbers":[{"b":1}]}"#,
            r#"{"users":[{"a":1}],"numbers":[{"b":1},{"b":2}]}"#,
            r#"{"Identity":"é","Usage":["a"]}"#,
            r#"[{"@odata.type":"x","a":1},{"@odata.type":"y"},{"Count":1,"value":2},{"value":"b"}]"#,
            // Lists that begin a record do not make it a page or a bundle.
            r#"{"Rules":[{"a":1}]}"#,
            r#"{"Rules":[{"a":1}],"Name":"x"} {"@odata.type":"y","Name":"z"}"#,
            r#"{"Name":"x"}{"TelephoneNumbers":[{"a":1}],"Identity":"y"}{"Rules":[{"a":1}],"b":2}"#,
            r#"[{"TelephoneNumbers":[{"a":1}],"Identity":"y"},{"value":{},"b":[]}]"#,
            r#"{"@odata.context":"x","@odata.nextLink":"y"}"#,
        ] {
            for window in [1, 3, 7, 64, 1000] {
                assert_eq!(
                    streamed(text, window),
                    Ok(exact(text)),
                    "{text} by {window}"
                );
            }
        }
    }

    #[test]
    fn what_is_unusual_is_left_to_the_exact_way() {
        for text in [
            "",
            "null",
            "\"text\"",
            "[null]",
            "[[{\"a\":1}]]",
            "[{\"a\":1},]",
            "[{\"a\":1} {\"a\":2}]",
            "[{\"a\":1}",
            "[{\"a\":1}] x",
            "[{\"a\":1}][{\"a\":2}]",
            "{\"a\":",
            "{\"a\" 1}{",
            r#"{"value":{"a":1}}"#,
            r#"{"value":[{"a":1}],"value":[{"a":2}]}"#,
            r#"{"value":[{"a":1}],"@odata.context":"late"}"#,
            "{\"@odata.con\u{0}text\":\"x\",\"value\":[{\"a\":1}]}",
            "{\"users\t\":[{\"a\":1}]}",
            r#"{"value":[{"a":1}],"Count":oops}"#,
            r#"{"value":[{"a":1}],"users":[{"a":1}]}"#,
            r#"[{"a":1},{"value":[{"a":2}],"Count":1}]"#,
            r#"[{"a":1},{"@odata.context":"x","@odata.count":1,"value":[{"a":2}]}]"#,
            r#"[{"a":1},{"Count":1,"v\u0061lue":[{"a":2}]}]"#,
            r#"{"value":[{"a":1},{"value":{"a":2}}]}"#,
            r#"{"a":1}{"Rules":[{"a":1}],"Roles":[{"b":1}]}"#,
            r#"{"a":1}{"value":[{"a":1}]}"#,
            r#"[{"a":1},{"value":[{"a":1}],"Count":oops}]"#,
        ] {
            for window in [1, 5, 1000] {
                assert_eq!(streamed(text, window), Err(Unusual), "{text} by {window}");
            }
        }
    }
}
