//! What is read by people and by editors.

use super::text::made_by;
use super::{File, Made, Options};
use crate::definition::Registration;
use crate::template::{Variety, proto_text};

/// The JSON Schema of a configuration.
pub(super) fn schema(adapter: &Registration, options: &Options) -> File {
    let schema = adapter.adapter.schema().json_schema();
    let text = serde_json::to_string_pretty(&schema).expect("the keys of a schema are texts");
    // JSON has no comments; a schema has a property for one.
    let body = text.strip_prefix("{\n").unwrap_or(&text);
    let comment = serde_json::Value::from(made_by(options));
    let text = format!("{{\n  \"$comment\": {comment},\n{body}\n");
    File::new(format!("{}.schema.json", adapter.adapter.name()), text)
}

/// The `.proto` files: of each configuration, and of each template that is not Istio's.
pub(super) fn protos(made: &Made<'_>) -> Vec<File> {
    let header = format!("// {}\n", made_by(made.options));
    let configs = made.adapters.iter().map(|adapter| {
        let text = adapter.adapter.schema().proto_text();
        let path = format!("{}.proto", adapter.adapter.name());
        File::new(path, format!("{header}{text}"))
    });
    let mut files: Vec<_> = configs.collect();
    for template in made.listed() {
        let path = format!("{}template.proto", template.info.name);
        let known = files.iter().any(|file| file.path == path);
        if !known && (made.options.built_in || !template.has_istios_proto()) {
            let text = proto_text(&template.info);
            files.push(File::new(path, format!("{header}{text}")));
        }
    }
    files
}

/// The reference of an adapter.
pub(super) fn markdown(adapter: &Registration, options: &Options) -> File {
    let info = adapter.info();
    let mut text = format!("<!-- {} -->\n# {}\n\n", made_by(options), info.name);
    if !info.description.is_empty() {
        text.push_str(&format!("{}\n\n", info.description));
    }
    text.push_str("| template | asks for |\n|---|---|\n");
    for template in &info.templates {
        let variety = template.variety.as_str().replace('_', " ");
        text.push_str(&format!("| `{}` | {variety} |\n", template.name));
    }
    text.push_str("\n## Configuration\n\n");
    if !info.config.fields.is_empty() {
        text.push_str("What stands in the `params` of its handler.\n\n");
    }
    text.push_str(&info.config.schema.markdown());
    if !info.config.fields.is_empty() {
        text.push_str(&format!(
            "\nOn the wire it is `{}`.\n",
            info.config.type_url
        ));
    }
    let answers = |variety| {
        matches!(
            variety,
            Variety::Check | Variety::CheckWithOutput | Variety::Quota
        )
    };
    if info
        .templates
        .iter()
        .any(|template| answers(template.variety))
    {
        text.push_str(&format!(
            "\n## When it fails\n\nChecks and quotas that it can't answer have a fail policy, which \
             is `{}` for this\nadapter; `serve --fail-policy` changes it.\n",
            info.fail_policy
        ));
    }
    text.push_str(&format!(
        "\nVersion {}, made from `{}`.\n",
        info.version, info.implementation
    ));
    File::new(format!("{}.md", info.name), text)
}
