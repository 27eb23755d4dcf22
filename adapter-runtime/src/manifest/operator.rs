//! A configuration to begin with: a handler, instances and rules.

use std::collections::BTreeMap;

use serde::Serialize;

use super::adapter::template_name;
use super::resource::Resource;
use super::sample::{self, Param};
use super::text::Text;
use super::{File, Listed, Made, Options, Tls, attributes, params};
use crate::definition::Registration;
use crate::document::to_yaml;
use crate::template::Variety;
use crate::value::ValueType;

#[derive(Debug, Serialize)]
struct Handler {
    adapter: String,
    connection: Connection,
}

#[derive(Debug, Serialize)]
struct Connection {
    address: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    authentication: Option<Authentication>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
enum Authentication {
    #[serde(rename_all = "camelCase")]
    Tls {
        ca_certificates: String,
        token_path: String,
        auth_header: String,
        server_name: String,
    },
    #[serde(rename_all = "camelCase")]
    Mutual {
        private_key: String,
        client_certificate: String,
        ca_certificates: String,
        server_name: String,
    },
}

#[derive(Debug, Serialize)]
struct Instance {
    template: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    params: Option<Param>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    attribute_bindings: BTreeMap<String, String>,
}

#[derive(Debug, Serialize)]
struct Rule {
    #[serde(rename = "match", skip_serializing_if = "str::is_empty")]
    matches: &'static str,
    actions: Vec<Action>,
    #[serde(
        rename = "requestHeaderOperations",
        skip_serializing_if = "Vec::is_empty"
    )]
    headers: Vec<HeaderOperation>,
}

#[derive(Debug, Serialize)]
struct Action {
    handler: String,
    instances: Vec<String>,
    #[serde(skip_serializing_if = "str::is_empty")]
    name: &'static str,
}

#[derive(Debug, Serialize)]
struct HeaderOperation {
    name: String,
    values: Vec<String>,
    operation: &'static str,
}

#[derive(Debug, Serialize)]
struct QuotaSpec {
    rules: Vec<QuotaRule>,
}

#[derive(Debug, Serialize)]
struct QuotaRule {
    quotas: Vec<Charge>,
}

#[derive(Debug, Serialize)]
struct Charge {
    charge: u32,
    quota: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct QuotaSpecBinding {
    quota_specs: Vec<Reference>,
    services: Vec<Service>,
}

#[derive(Debug, Serialize)]
struct Reference {
    name: String,
    namespace: String,
}

#[derive(Debug, Serialize)]
struct Service {
    service: &'static str,
}

/// Each request once, although both proxies report it.
const ONCE: &str = "(context.reporter.kind | \"inbound\") == \"inbound\"";

pub(super) fn file(made: &Made<'_>) -> File {
    let mut text = made.text();
    for adapter in made.adapters {
        operator(adapter, made, &mut text);
    }
    File::new("sample_operator_config.yaml", text.finish())
}

pub(super) fn handlers(made: &Made<'_>) -> Vec<File> {
    let file = |adapter: &Registration| {
        let mut text = made.text();
        handler(adapter, made, &mut text);
        let name = adapter.adapter.name();
        File::new(format!("{name}-handler.yaml"), text.finish())
    };
    made.adapters.iter().map(file).collect()
}

fn operator(adapter: &Registration, made: &Made<'_>, text: &mut Text) {
    let options = made.options;
    handler(adapter, made, text);
    let name = adapter.adapter.name();
    let templates = adapter.adapter.templates().into_iter().map(Listed::from);
    let (before, after): (Vec<_>, Vec<_>) =
        templates.partition(|it| it.info.variety == Variety::AttributeGenerator);
    for template in before.iter().chain(&after) {
        instance(name, template, options, text);
    }
    for template in &before {
        let rule = Rule {
            matches: "",
            actions: vec![Action {
                handler: name.to_owned(),
                instances: vec![instance_name(name, template)],
                name: "",
            }],
            headers: Vec::new(),
        };
        let comment = "When: before every check and report.";
        let name = instance_name(name, template);
        text.add(comment, &Resource::new("rule", name, options, rule));
    }
    if !after.is_empty() {
        let comment = "When: for every request, as the proxy that received it reports it.";
        let rule = rule(name, &after);
        text.add(comment, &Resource::new("rule", name, options, rule));
    }
    for template in after.iter().filter(|it| it.info.variety == Variety::Quota) {
        quota(&instance_name(name, template), options, text);
    }
}

fn handler(adapter: &Registration, made: &Made<'_>, text: &mut Text) {
    let options = made.options;
    let name = adapter.adapter.name();
    let spec = Handler {
        adapter: name.to_owned(),
        connection: Connection {
            address: address(made),
            authentication: authentication(made),
        },
    };
    let resource = Resource::new("handler", name, options, spec);
    let mut yaml = to_yaml(&resource).expect("the keys of resources are texts");
    let params = params::of(adapter, options);
    yaml.push_str(&params.yaml);
    let mut comment = "Where the adapter is, and its configuration.".to_owned();
    if made.options.tls == Tls::Server {
        comment.push_str(
            "\nMixer's pod needs a file with the token at `tokenPath`, without a newline.",
        );
    }
    for missing in &params.missing {
        comment.push_str(&format!("\nTo be completed: {missing}."));
    }
    text.add_text(&comment, &yaml);
}

/// Where Mixer finds the adapter.
fn address(made: &Made<'_>) -> String {
    let (name, options) = (made.name(), made.options);
    let address = format!(
        "{name}.{}.svc.cluster.local:{}",
        options.deployed_in(),
        options.port
    );
    match made.is_headless() {
        // All replicas, where Mixer would keep to one.
        true => format!("dns:///{address}"),
        false => address,
    }
}

/// The certificates are those that Istio mounts into Mixer's pod.
fn authentication(made: &Made<'_>) -> Option<Authentication> {
    let name = made.name();
    let server_name = format!("{name}.{}.svc", made.options.deployed_in());
    match made.options.tls {
        Tls::None => None,
        Tls::Server => Some(Authentication::Tls {
            ca_certificates: "/etc/certs/root-cert.pem".into(),
            token_path: format!("/var/run/secrets/adapters/{name}/token"),
            auth_header: "BEARER".into(),
            server_name,
        }),
        Tls::Mutual => Some(Authentication::Mutual {
            private_key: "/etc/certs/key.pem".into(),
            client_certificate: "/etc/certs/cert-chain.pem".into(),
            ca_certificates: "/etc/certs/root-cert.pem".into(),
            server_name,
        }),
    }
}

fn instance_name(adapter: &str, template: &Listed) -> String {
    format!("{adapter}-{}", template.info.name)
}

fn instance(adapter: &str, template: &Listed, options: &Options, text: &mut Text) {
    let name = instance_name(adapter, template);
    let bindings = bindings(template);
    let own: Vec<_> = bindings
        .iter()
        .filter(|binding| attributes::standard(&binding.attribute).is_none())
        .map(|binding| (binding.attribute.clone(), binding.ty))
        .collect();
    if !own.is_empty() {
        let comment = "The attributes that the adapter adds, for other rules to use.";
        let manifest = attributes::resource(&name, own, options);
        text.add(comment, &manifest);
    }
    let spec = Instance {
        template: template_name(template, options),
        params: Some(sample::params(&template.info))
            .filter(|params| !params.is_empty())
            .map(Param::Map),
        attribute_bindings: bindings
            .into_iter()
            .map(|binding| (binding.attribute, binding.expression))
            .collect(),
    };
    let comment = match template.info.variety {
        Variety::Check | Variety::CheckWithOutput => "What is asked of the adapter.",
        Variety::Report => "What the adapter is told.",
        Variety::Quota => "For whom requests are counted.",
        Variety::AttributeGenerator => "What the adapter is told, and where its answer goes.",
    };
    text.add(comment, &Resource::new("instance", name, options, spec));
}

/// An attribute that gets a field of the adapter's output.
struct Binding {
    attribute: String,
    ty: ValueType,
    expression: String,
}

/// The fields of the output that Istio has an attribute for, if there are some; else all of them,
/// as attributes of their own.
fn bindings(template: &Listed) -> Vec<Binding> {
    let info = &template.info;
    let (Variety::AttributeGenerator, Some(output)) = (info.variety, info.output) else {
        return Vec::new();
    };
    let fields = || {
        let fields = output.fields().iter();
        fields.filter_map(|field| Some((field.name, field.ty.value_type()?)))
    };
    let bind = |attribute: String, field: &str, ty: ValueType| {
        // A field that the adapter doesn't fill would fail the request.
        let empty = match ty {
            ValueType::String => "\"\"",
            ValueType::Int64 => "0",
            ValueType::Double => "0.0",
            ValueType::Bool => "false",
            ValueType::IpAddress => "ip(\"0.0.0.0\")",
            ValueType::Timestamp => "context.time",
            ValueType::Duration => "\"0s\"",
            ValueType::StringMap => "emptyStringMap()",
            ValueType::DnsName => "dnsName(\"unknown.example.com\")",
            ValueType::EmailAddress => "email(\"unknown@example.com\")",
            _ => "uri(\"/\")",
        };
        let expression = format!("output.{field} | {empty}");
        Binding {
            attribute,
            ty,
            expression,
        }
    };
    let standard: Vec<_> = fields()
        .filter_map(|(field, ty)| Some(bind(sample::attribute(field, ty)?, field, ty)))
        .collect();
    if !standard.is_empty() {
        return standard;
    }
    fields()
        .map(|(field, ty)| bind(format!("{}.{field}", info.name), field, ty))
        .collect()
}

fn rule(adapter: &str, templates: &[Listed]) -> Rule {
    // Header operations see the output of a check under the name of the action.
    const ACTION: &str = "answer";
    let headers: Vec<_> = templates
        .iter()
        .filter(|it| it.info.variety == Variety::CheckWithOutput)
        .flat_map(|it| it.info.output)
        .flat_map(|output| output.fields())
        .filter(|field| field.ty.value_type() == Some(ValueType::String))
        .map(|field| HeaderOperation {
            name: format!("x-{adapter}-{}", field.name.replace('_', "-")),
            values: vec![format!("{ACTION}.output.{}", field.name)],
            operation: "REPLACE",
        })
        .collect();
    // The output of an action is that of its first instance.
    let mut templates: Vec<_> = templates.iter().collect();
    templates.sort_by_key(|it| it.info.variety != Variety::CheckWithOutput);
    Rule {
        matches: ONCE,
        actions: vec![Action {
            handler: adapter.to_owned(),
            instances: templates
                .into_iter()
                .map(|it| instance_name(adapter, it))
                .collect(),
            name: if headers.is_empty() { "" } else { ACTION },
        }],
        headers,
    }
}

/// What makes proxies ask for a quota: without it, Mixer is never asked.
fn quota(instance: &str, options: &Options, text: &mut Text) {
    let charge = Charge {
        charge: 1,
        quota: instance.to_owned(),
    };
    let spec = QuotaSpec {
        rules: vec![QuotaRule {
            quotas: vec![charge],
        }],
    };
    let comment = "How much of the quota each request takes.";
    text.add(
        comment,
        &Resource::new("QuotaSpec", instance, options, spec),
    );
    let binding = QuotaSpecBinding {
        quota_specs: vec![Reference {
            name: instance.to_owned(),
            namespace: options.namespace.clone(),
        }],
        services: vec![Service { service: "*" }],
    };
    let comment = "Which services have it.";
    let binding = Resource::new("QuotaSpecBinding", instance, options, binding);
    text.add(comment, &binding);
}
