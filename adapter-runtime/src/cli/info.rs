//! The command `info`.

use std::error::Error;
use std::io::IsTerminal;

use comfy_table::{ContentArrangement, Table, presets};

use super::args::{InfoArgs, Output};
use crate::definition::Info;
use crate::document::to_yaml;
use crate::registry::Registry;
use crate::suggest::unknown;

pub(super) fn run(args: &InfoArgs, registry: &Registry) -> Result<(), Box<dyn Error>> {
    let all = registry.info();
    let Some(name) = &args.name else {
        return show(&all, args.output);
    };
    let Some(adapter) = all.iter().find(|adapter| adapter.name == *name) else {
        let names: Vec<_> = registry.names().collect();
        return Err(unknown("adapter", name, &names).into());
    };
    match args.output {
        Output::Json => print_json(adapter),
        Output::Yaml => print_yaml(adapter),
        Output::Table | Output::Wide => show(std::slice::from_ref(adapter), Output::Wide),
    }
}

fn show(adapters: &[Info], output: Output) -> Result<(), Box<dyn Error>> {
    match output {
        Output::Table => Ok(super::print(&table(adapters))?),
        Output::Wide => Ok(super::print(&wide(adapters))?),
        Output::Json => print_json(&adapters),
        Output::Yaml => print_yaml(&adapters),
    }
}

fn print_json(value: &impl serde::Serialize) -> Result<(), Box<dyn Error>> {
    Ok(super::print(&format!(
        "{}\n",
        serde_json::to_string_pretty(value)?
    ))?)
}

fn print_yaml(value: &impl serde::Serialize) -> Result<(), Box<dyn Error>> {
    Ok(super::print(&to_yaml(value)?)?)
}

/// The adapters of a registry as `info` lists them, one line for each.
#[must_use]
pub fn info_table(registry: &Registry) -> String {
    table(&registry.info())
}

fn table(adapters: &[Info]) -> String {
    let rows = adapters.iter().map(|adapter| {
        [
            adapter.name.clone(),
            templates(adapter),
            adapter.description.clone(),
        ]
    });
    render(["NAME", "TEMPLATES", "DESCRIPTION"], rows)
}

/// Each adapter as a block: its properties, then the fields of its configuration.
fn wide(adapters: &[Info]) -> String {
    let blocks: Vec<_> = adapters.iter().map(block).collect();
    blocks.join("\n")
}

fn block(adapter: &Info) -> String {
    let properties = [
        ("description", adapter.description.clone()),
        ("templates", templates(adapter)),
        ("version", adapter.version.clone()),
        ("impl", adapter.implementation.clone()),
        ("source", adapter.source.clone()),
        ("config", adapter.config.type_url.clone()),
    ];
    let mut text = format!("{}\n", adapter.name);
    let fail_policy = Some(("fail policy", adapter.fail_policy.to_string()))
        .filter(|_| !adapter.fail_policy.is_default());
    for (name, value) in properties.into_iter().chain(fail_policy) {
        text.push_str(&format!("  {name:<12} {value}\n"));
    }
    if adapter.config.fields.is_empty() {
        return text;
    }
    let rows = adapter.config.fields.iter().map(|field| {
        let default = field
            .default
            .as_ref()
            .map_or_else(|| "-".to_owned(), ToString::to_string);
        [
            field.name.clone(),
            field.kind.clone(),
            default,
            one_line(&field.description),
        ]
    });
    let fields = render(["FIELD", "TYPE", "DEFAULT", "DESCRIPTION"], rows);
    text.extend(fields.lines().map(|line| format!("    {line}\n")));
    text
}

fn templates(adapter: &Info) -> String {
    let templates: Vec<_> = adapter
        .templates
        .iter()
        .map(|template| format!("{} ({})", template.name, template.variety))
        .collect();
    templates.join(", ")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Columns without rules, wrapped to the terminal if there is one.
fn render<const N: usize>(header: [&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_header(header)
        .add_rows(rows);
    match terminal_width() {
        Some(width) => table
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(width),
        None => table.set_content_arrangement(ContentArrangement::Disabled),
    };
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table
        .lines()
        .map(|line| format!("{}\n", line.trim_end()))
        .collect()
}

fn terminal_width() -> Option<u16> {
    if !std::io::stdout().is_terminal() {
        return None;
    }
    // Room for the indentation of a block.
    terminal_size::terminal_size().map(|(width, _)| width.0.saturating_sub(4).max(40))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::ConfigInfo;
    use crate::fail_policy::FailPolicy;

    #[test]
    fn a_fail_policy_is_shown_where_it_is_not_the_default() {
        let mut adapter = Info {
            name: "list".into(),
            implementation: "lists".into(),
            description: "Knows a list.".into(),
            templates: Vec::new(),
            config: ConfigInfo {
                type_url: "type.googleapis.com/list.config.Params".into(),
                fields: Vec::new(),
            },
            fail_policy: FailPolicy::Closed,
            version: "1.0.0".into(),
            source: "src/list.rs:1:1".into(),
        };
        let json = |adapter: &Info| serde_json::to_value(adapter).expect("JSON");
        assert!(!block(&adapter).contains("fail policy"));
        assert_eq!(json(&adapter).get("fail_policy"), None);
        adapter.fail_policy = FailPolicy::Open;
        assert!(block(&adapter).ends_with("\n  fail policy  open\n"));
        assert_eq!(json(&adapter)["fail_policy"], "open");
    }
}
