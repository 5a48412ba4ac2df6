//! The JSON Schema of plans: it follows the vocabulary.

/// The JSON Schema of a plan in TOML.
pub const SCHEMA: &str = include_str!("../../schemas/plan.schema.json");

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::super::file::expected;
    use super::super::vocabulary::{CHANGES, ChangeKind, FieldKind, Takes};
    use super::*;

    /// The JSON Schema as it follows from the vocabulary.
    fn schema() -> Value {
        let steps: Vec<Value> = CHANGES.iter().map(step).collect();
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
                "title": "tenantlint plan",
            "description": "Changes of a Microsoft Teams Phone tenant that an administrator intends, in order.",
            "type": "object",
            "required": ["step"],
            "additionalProperties": false,
            "$defs": {
                "name": { "type": "string", "minLength": 1 },
                "names": {
                    "anyOf": [
                        { "$ref": "#/$defs/name" },
                        { "type": "array", "minItems": 1, "items": { "$ref": "#/$defs/name" } }
                    ]
                },
                "names-or-none": {
                    "anyOf": [
                        { "$ref": "#/$defs/name" },
                        { "type": "array", "items": { "$ref": "#/$defs/name" } }
                    ]
                },
                "note": { "description": "For readers.", "type": "string" },
                "accept-outage": {
                    "description": "Holders may be without number behind this step.",
                    "type": "boolean"
                }
            },
            "properties": {
                "step": {
                    "description": "The steps, in order.",
                    "type": "array",
                    "minItems": 1,
                    "items": { "oneOf": steps }
                }
            }
        })
    }

    fn step(change: &ChangeKind) -> Value {
        let mut properties = Map::new();
        properties.insert("change".to_owned(), json!({ "const": change.name }));
        for field in change.fields {
            properties.insert(field.name.to_owned(), shape(field));
        }
        for common in ["note", "accept-outage"] {
            let shape = json!({ "$ref": format!("#/$defs/{common}") });
            properties.insert(common.to_owned(), shape);
        }
        let required: Vec<&str> = std::iter::once("change")
            .chain(required(change).map(|field| field.name))
            .collect();
        json!({
            "title": change.name,
            "description": format!("{}.", change.summary),
            "type": "object",
            "required": required,
            "additionalProperties": false,
            "properties": properties,
        })
    }

    fn shape(field: &FieldKind) -> Value {
        let mut shape = match field.takes {
            Takes::One(_) => json!({ "$ref": "#/$defs/name" }),
            Takes::Many(of) if of.may_be_none() => json!({ "$ref": "#/$defs/names-or-none" }),
            Takes::Many(_) => json!({ "$ref": "#/$defs/names" }),
            Takes::Word(words) => json!({ "enum": words }),
            Takes::Flag => json!({ "type": "boolean" }),
            Takes::Count => json!({ "type": "integer", "minimum": 0 }),
        };
        if let Value::Object(shape) = &mut shape {
            let what = expected(field.takes);
            shape.insert("description".to_owned(), json!(what));
        }
        shape
    }

    fn required(change: &ChangeKind) -> impl Iterator<Item = &'static FieldKind> {
        change.fields.iter().filter(|field| field.is_required)
    }

    #[test]
    fn names_are_kebab_case_and_unique() {
        let mut names: Vec<&str> = CHANGES.iter().map(|change| change.name).collect();
        let fields = CHANGES.iter().flat_map(|change| change.fields);
        for name in names.iter().copied().chain(fields.map(|field| field.name)) {
            let is_kebab = name
                .split('-')
                .all(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase()));
            assert!(is_kebab, "{name}");
            assert!(!name.contains("licence"), "{name}");
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), CHANGES.len());
    }

    #[test]
    fn the_committed_schema_follows_the_vocabulary() {
        let mut text = serde_json::to_string_pretty(&schema()).expect("JSON");
        text.push('\n');
        if std::env::var_os("TENANTLINT_UPDATE").is_some_and(|value| value == "1") {
            let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/plan.schema.json");
            std::fs::write(path, &text).expect("the schema can be written");
        }
        assert!(
            SCHEMA == text,
            "schemas/plan.schema.json is stale: run `TENANTLINT_UPDATE=1 cargo test plan::schema` twice"
        );
    }

    #[test]
    fn the_schema_and_the_reader_agree() {
        let schema = jsonschema::draft202012::new(&schema()).expect("a valid schema");
        for (plan, is_good) in [
            ("[[step]]\nchange = \"wait\"\nhours = 1\n", true),
            ("[[step]]\nchange = \"wait\"\n", false),
            ("[[step]]\nchange = \"wait\"\nhours = -1\n", false),
            (
                "[[step]]\nchange = \"wait-for-export\"\nnote = \"x\"\n",
                true,
            ),
            (
                "[[step]]\nchange = \"remove-number\"\nnumbers = \"+12065550101\"\n",
                true,
            ),
            (
                "[[step]]\nchange = \"remove-number\"\nnumbers = [1]\n",
                false,
            ),
            (
                "[[step]]\nchange = \"remove-number\"\nnumber = \"+12065550101\"\n",
                false,
            ),
            (
                "[[step]]\nchange = \"remove-number\"\nnumbers = []\n",
                false,
            ),
            (
                "[[step]]\nchange = \"set-global-voice-routing-policy\"\nusages = []\n",
                true,
            ),
            ("step = []\n", false),
        ] {
            let value: toml::Value = toml::from_str(plan).expect("TOML");
            let value = serde_json::to_value(value).expect("JSON");
            assert_eq!(schema.is_valid(&value), is_good, "{plan}");
            let read = super::super::read("plan.toml", plan);
            assert_eq!(read.faults.is_empty(), is_good, "{plan}: {:?}", read.faults);
        }
    }
}
