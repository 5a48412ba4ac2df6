//! How `ConvertTo-Json` writes: in PowerShell 7, in Windows PowerShell 5.1, with `-Compress`.

use std::fmt::Write;

use super::json::Json;

/// PowerShell 7: two blanks of indent, line feeds.
pub(super) fn seven(value: &Json) -> String {
    let mut out = String::new();
    write_seven(value, 0, &mut out);
    out.push('\n');
    out
}

/// `-Compress`: no blanks at all.
pub(super) fn compressed(value: &Json) -> String {
    match value {
        Json::List(list) => {
            let list: Vec<String> = list.iter().map(compressed).collect();
            format!("[{}]", list.join(","))
        }
        Json::Map(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(key, value)| format!("{}:{}", quoted(key), compressed(value)))
                .collect();
            format!("{{{}}}", members.join(","))
        }
        scalar => plain_scalar(scalar),
    }
}

/// Windows PowerShell 5.1: children stand below the key that they belong to, some characters are escaped, lines end
/// in CRLF. The dates are those of [`dated`].
pub(super) fn five_one(value: &Json) -> String {
    let mut out = String::new();
    write_five_one(value, 0, &mut out);
    out.push_str("\r\n");
    out
}

/// JSON with every letter that ASCII lacks as `\u00e9`.
pub(super) fn ascii(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii() {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
    out
}

/// The value with its dates as 5.1 writes a `DateTime`.
pub(super) fn dated(value: Json) -> Json {
    value.map(&|value| match value {
        Json::Text(text) if text.len() >= 20 && text.ends_with('Z') => {
            match text.parse::<jiff::Timestamp>() {
                Ok(moment) => Json::Text(format!("/Date({})/", moment.as_millisecond())),
                Err(_) => Json::Text(text),
            }
        }
        other => other,
    })
}

fn write_seven(value: &Json, depth: usize, out: &mut String) {
    let indent = |depth: usize, out: &mut String| {
        out.push('\n');
        out.push_str(&"  ".repeat(depth));
    };
    match value {
        Json::List(list) if !list.is_empty() => {
            out.push('[');
            for (at, value) in list.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { "," });
                indent(depth + 1, out);
                write_seven(value, depth + 1, out);
            }
            indent(depth, out);
            out.push(']');
        }
        Json::Map(members) if !members.is_empty() => {
            out.push('{');
            for (at, (key, value)) in members.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { "," });
                indent(depth + 1, out);
                out.push_str(&quoted(key));
                out.push_str(": ");
                write_seven(value, depth + 1, out);
            }
            indent(depth, out);
            out.push('}');
        }
        Json::List(_) => out.push_str("[]"),
        Json::Map(_) => out.push_str("{}"),
        scalar => out.push_str(&plain_scalar(scalar)),
    }
}

fn write_five_one(value: &Json, column: usize, out: &mut String) {
    let indent = |column: usize, out: &mut String| {
        out.push_str("\r\n");
        out.push_str(&" ".repeat(column));
    };
    match value {
        Json::List(list) => {
            out.push('[');
            for (at, value) in list.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { "," });
                indent(column + 4, out);
                write_five_one(value, column + 4, out);
            }
            // An empty list has an empty line.
            out.push_str(if list.is_empty() { "\r\n" } else { "" });
            indent(column, out);
            out.push(']');
        }
        Json::Map(members) => {
            out.push('{');
            for (at, (key, value)) in members.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { "," });
                indent(column + 4, out);
                let key = escaped(&quoted(key));
                out.push_str(&key);
                out.push_str(":  ");
                write_five_one(value, column + 4 + key.chars().count() + 3, out);
            }
            out.push_str(if members.is_empty() { "\r\n" } else { "" });
            indent(column, out);
            out.push('}');
        }
        Json::Text(text) if text.starts_with("/Date(") => {
            out.push_str(&quoted(text).replace('/', "\\/"));
        }
        scalar => out.push_str(&escaped(&plain_scalar(scalar))),
    }
}

fn plain_scalar(value: &Json) -> String {
    match value {
        Json::Bool(flag) => flag.to_string(),
        Json::Number(number) => number.to_string(),
        Json::Text(text) => quoted(text),
        _ => "null".to_owned(),
    }
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a text is JSON")
}

fn escaped(json: &str) -> String {
    json.replace('\'', "\\u0027")
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
}
