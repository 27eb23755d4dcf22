//! The chart: the objects with places for what an operator changes.

use serde::Serialize;

use super::kubernetes::{self, Number, Values};
use super::{File, Made, adapter, template};

/// What the files of a chart say of it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Chart {
    api_version: &'static str,
    name: String,
    description: String,
    #[serde(rename = "type")]
    ty: &'static str,
    version: String,
    app_version: String,
}

/// What an operator may change, in the order of the file.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Defaults {
    image: String,
    port: u16,
    replicas: u32,
    max_replicas: u32,
    cpu_request: String,
    memory_request: String,
    cpu_limit: String,
    memory_limit: String,
}

pub(super) fn files(made: &Made<'_>) -> Vec<File> {
    let name = made.name();
    let values = Values::of(made);
    let names: Vec<_> = made.adapters.iter().map(|it| it.adapter.name()).collect();
    // A chart has a version of three numbers.
    let version = Some(kubernetes::version(made)).filter(|version| version != "latest");
    let version = version.unwrap_or_else(|| "0.1.0".to_owned());
    let chart = Chart {
        api_version: "v2",
        name: name.clone(),
        description: format!("Adapters for Istio's Mixer: {}", names.join(", ")),
        ty: "application",
        app_version: version.clone(),
        version,
    };
    let defaults = Defaults {
        image: values.image.clone(),
        port: made.options.port,
        replicas: made.replicas(),
        max_replicas: made.max_replicas(),
        cpu_request: values.cpu_request.clone(),
        memory_request: values.memory_request.clone(),
        cpu_limit: values.cpu_limit.clone(),
        memory_limit: values.memory_limit.clone(),
    };
    let file = |name: &str, text: String| File::new(format!("chart/{name}"), text);
    let mut files = vec![
        file("Chart.yaml", one(made, "", &chart)),
        file("values.yaml", one(made, "What may be changed.", &defaults)),
    ];
    for object in kubernetes::objects(made, &places()) {
        // The chart's user creates the namespace.
        if object.name != "namespace" {
            let mut text = made.text();
            text.add_text(&object.comment, &numbers(&object.yaml));
            let path = format!("templates/{}.yaml", object.name);
            files.push(file(&path, text.finish()));
        }
    }
    // Nothing of it is filled in.
    let literally = |made: File| File {
        path: format!("chart/templates/{}", made.path),
        text: made.text.replace("{{", "{{ \"{{\" }}"),
    };
    for adapter in made.adapters {
        files.push(literally(adapter::file(adapter, made.options)));
    }
    for template in made.templates_to_apply() {
        files.push(literally(template::file(&template, made.options)));
    }
    files
}

fn one(made: &Made<'_>, comment: &str, value: &impl Serialize) -> String {
    let mut text = made.text();
    text.add(comment, value);
    text.finish()
}

/// What stands for the values.
fn places() -> Values {
    let text = |name: &str| format!("{{{{ .Values.{name} }}}}");
    let number = |name: &str| Number::Placeholder(format!("{NUMBER}{name})"));
    Values {
        namespace: "{{ .Release.Namespace }}".to_owned(),
        image: text("image"),
        port: number("port"),
        port_text: text("port"),
        replicas: number("replicas"),
        max_replicas: number("maxReplicas"),
        cpu_request: text("cpuRequest"),
        memory_request: text("memoryRequest"),
        cpu_limit: text("cpuLimit"),
        memory_limit: text("memoryLimit"),
    }
}

/// With what a place for a number begins until the text is written: one without quotes.
const NUMBER: &str = "NUMBER(";

fn numbers(yaml: &str) -> String {
    let mut parts = yaml.split(NUMBER);
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once(')').unwrap_or((part, ""));
        text.push_str(&format!("{{{{ .Values.{name} }}}}{rest}"));
    }
    text
}
