//! The resource `handler`.

use std::path::Path;

use crate::config::{Encoder, Format};
use crate::document::{Content, Node, Problem, quote};
use crate::server::Settings;
use crate::suggest;

use super::context::Context;
use super::keys::Keys;
use super::kinds;
use super::references::{Adapter, unknown};
use super::resource::Resource;
use super::{base64, descriptor};

pub(super) fn check(resource: &Resource<'_>, context: &mut Context<'_>) {
    let known = ["adapter", "compiledAdapter", "connection", "name", "params"];
    let Some(keys) = Keys::read(resource.spec, &known, resource, context) else {
        return;
    };
    let params = keys.get("params");
    if may_have_secrets(resource, &keys, context) {
        // Also what is misspelt.
        let open = [
            "adapter",
            "compiledAdapter",
            "compiled_adapter",
            "connection",
            "name",
        ];
        let entries = resource
            .spec
            .as_mapping()
            .into_iter()
            .flat_map(|it| it.iter());
        for entry in entries.filter(|entry| !open.contains(&entry.key().name())) {
            context.secret(entry.value());
        }
    }
    match (keys.get("adapter"), keys.get("compiledAdapter")) {
        (Some(adapter), Some(compiled)) => {
            let message = "`adapter` and `compiledAdapter` in one handler";
            let problem = Problem::error(compiled.span(), message)
                .related(adapter.span(), "the adapter")
                .help("remove one: `compiledAdapter` is an adapter within Mixer");
            context.push(problem.path("spec.compiledAdapter"));
        }
        (None, None) => {
            let help = "add `adapter: …`, the name of its resource";
            context.error(resource, resource.spec, "the handler has no adapter", help);
        }
        (Some(node), None) => {
            if let Some(name) = context.text(resource, node) {
                outside(resource, node, name, params, context);
            }
            match keys.get("connection") {
                Some(node) => connection(resource, node, context),
                None => {
                    let help = "add `connection:` with `address: HOST:PORT`";
                    let message = "Mixer is not told where the adapter is";
                    context.error(resource, resource.spec, message, help);
                }
            }
        }
        (None, Some(node)) => {
            if let Some(name) = context.text(resource, node) {
                within(resource, node, name, params, context);
            }
            if let Some(entry) = keys.entry("connection") {
                let message = "an adapter within Mixer has no connection";
                let problem = Problem::error(entry.key().span(), message).show_place_only();
                let help = "remove it, or write `adapter` in place of `compiledAdapter`";
                context.push(problem.help(help).path("spec"));
            }
        }
    }
}

/// Whether there may be a secret in the `params`: if nothing is known of the adapter, too.
fn may_have_secrets(resource: &Resource<'_>, keys: &Keys<'_>, context: &Context<'_>) -> bool {
    let name = keys.get("adapter").or_else(|| keys.get("compiledAdapter"));
    let name = name.and_then(|node| node.as_str().ok()).unwrap_or_default();
    let adapter = Adapter::find(name, resource.namespace, context);
    match adapter.and_then(|adapter| adapter.linked) {
        Some(linked) => linked.adapter.schema().params().holds_secret(),
        None => true,
    }
}

/// An adapter that Mixer calls.
fn outside(
    resource: &Resource<'_>,
    node: &Node,
    name: &str,
    params: Option<&Node>,
    context: &mut Context<'_>,
) {
    let Some(adapter) = Adapter::find(name, resource.namespace, context) else {
        let known: Vec<_> = context
            .adapters
            .iter()
            .map(|it| it.adapter.name())
            .collect();
        unknown(kinds::ADAPTER, node, name, resource, &known, context);
        return;
    };
    if let Some(written) = adapter.resource {
        let config = written
            .spec
            .as_mapping()
            .ok()
            .and_then(|spec| spec.get("config"));
        if let (Some(params), true) = (params, config.is_none_or(Node::is_null)) {
            let message =
                "Mixer leaves these `params` out, for the adapter's resource has no `config`";
            let problem = Problem::error(&params.start(), message)
                .related(written.place.span(), "the resource of the adapter")
                .show_place_only();
            let help = format!("write what `manifest adapter {}` prints", written.name);
            context.push(problem.help(help).path("spec.params"));
            return;
        }
    }
    let config = || {
        let written = adapter.resource?.spec.as_mapping().ok()?;
        base64::silently(written.get("config")?)
    };
    if adapter.linked.is_none()
        && let (Some(params), Some(set)) = (params, config())
    {
        descriptor::check(&set, params, resource, context);
    }
    if let Some(linked) = adapter.linked {
        check_params(resource, linked, params, Encoder::Dynamic, context);
        if let Some(params) = params {
            references(resource, params, context);
        }
    }
}

/// References to secrets that the server reads only if its operator says so.
fn references(resource: &Resource<'_>, node: &Node, context: &mut Context<'_>) {
    match node.content() {
        Content::Sequence(items) => {
            items
                .iter()
                .for_each(|item| references(resource, item, context));
        }
        Content::Mapping(mapping) => {
            mapping
                .iter()
                .for_each(|entry| references(resource, entry.value(), context));
        }
        Content::Text(text) => {
            if let Some((message, help)) = reference_problem(text) {
                let problem = Problem::warning(node.span(), message).help(help);
                let problem = problem.path(resource.path_of(node));
                context.push_of_params(problem.show_place_only());
            }
        }
        _ => {}
    }
}

fn reference_problem(text: &str) -> Option<(String, String)> {
    let settings = Settings::of_serve();
    let reference = text.strip_prefix("${")?.strip_suffix('}')?;
    match reference.split_once(':')? {
        ("env", name) if !name.starts_with(&settings.secret_env_prefix) => {
            let prefix = settings.secret_env_prefix;
            let message = format!(
                "the server reads only variables that begin with `{prefix}`, unless it is told otherwise"
            );
            let help =
                format!("write `${{env:{prefix}{name}}}`, or serve with `--secret-env-prefix`");
            Some((message, help))
        }
        ("file", path)
            if !settings
                .secret_folders
                .iter()
                .any(|it| Path::new(path).starts_with(it)) =>
        {
            let folders = settings
                .secret_folders
                .iter()
                .map(|it| it.display().to_string());
            let folders: Vec<_> = folders.collect();
            let names: Vec<_> = folders.iter().map(String::as_str).collect();
            let message = format!(
                "the server reads secrets only from files in {}, unless it is told otherwise",
                suggest::list(&names)
            );
            Some((
                message,
                "move the file, or serve with `--secret-folders`".to_owned(),
            ))
        }
        _ => None,
    }
}

/// An adapter that is a part of Mixer: one of Istio's, or of the program that hosts adapters.
fn within(
    resource: &Resource<'_>,
    node: &Node,
    name: &str,
    params: Option<&Node>,
    context: &mut Context<'_>,
) {
    let linked = context.adapters.iter().find(|it| it.adapter.name() == name);
    if let Some(linked) = linked {
        check_params(resource, linked, params, Encoder::Compiled, context);
    } else if !kinds::COMPILED.contains(&name) {
        let ours = context.adapters.iter().map(|it| it.adapter.name());
        let known: Vec<_> = ours.chain(kinds::COMPILED).collect();
        let message = format!("there is no adapter {} within Mixer", quote(name));
        let help = suggest::instead("adapter", name, &known);
        context.error(resource, node, message, help);
    }
}

fn check_params(
    resource: &Resource<'_>,
    linked: &crate::definition::Registration,
    params: Option<&Node>,
    encoder: Encoder,
    context: &mut Context<'_>,
) {
    // What is not written has its default, which may be against a rule.
    let nothing = resource.spec.without();
    let is_there = params.is_some();
    let params = params.unwrap_or(&nothing);
    let mut found = crate::document::Problems::new();
    linked.adapter.check_params(params, encoder, &mut found);
    for problem in found {
        let path = match problem.node_path() {
            Some(path) => format!("spec.params.{path}"),
            None => "spec.params".to_owned(),
        };
        // Else the line is not one of the params.
        let problem = match is_there {
            true => problem,
            false => problem.show_place_only(),
        };
        context.push_of_params(problem.path(path));
    }
}

fn connection(resource: &Resource<'_>, node: &Node, context: &mut Context<'_>) {
    let known = ["address", "authentication", "timeout"];
    let Some(keys) = Keys::read(node, &known, resource, context) else {
        return;
    };
    match keys.get("address") {
        None => {
            let help = "add `address: HOST:PORT`";
            context.error(
                resource,
                node,
                "Mixer is not told where the adapter is",
                help,
            );
        }
        Some(node) => {
            if let Some(address) = context.text(resource, node)
                && let Some((message, help)) = address_problem(address)
            {
                context.error(resource, node, message, help);
            }
        }
    }
    if let Some(node) = keys.get("timeout") {
        match node.as_duration() {
            Ok(timeout) if timeout.as_nanos() > 0 => {}
            Ok(_) => {
                let message = "a timeout of nothing is none: the call may take any time";
                let problem = Problem::warning(node.span(), message);
                context.push(
                    problem
                        .help("write e.g. `5s`")
                        .path("spec.connection.timeout"),
                );
            }
            Err(problem) => context.push(problem.path("spec.connection.timeout")),
        }
    }
    if let Some(node) = keys.get("authentication") {
        authentication(resource, node, context);
    }
}

/// What is wrong with where an adapter is said to be.
fn address_problem(address: &str) -> Option<(String, String)> {
    let scheme = ["dns:///", "passthrough:///", "unix://"];
    if let Some(path) = address.strip_prefix("unix://") {
        return (!path.starts_with('/')).then(|| {
            let message = format!("{} is no path of a socket", quote(path));
            (message, "write `unix:///path`".to_owned())
        });
    }
    let host = scheme
        .iter()
        .find_map(|it| address.strip_prefix(it))
        .unwrap_or(address);
    if Format::HostPort.fits(host) {
        return None;
    }
    let message = format!("{} is no address", quote(address));
    let help = match host.split_once("://") {
        Some(("http" | "https" | "grpc" | "tcp", rest)) => {
            format!(
                "write {}, without a scheme",
                quote(rest.trim_end_matches('/'))
            )
        }
        _ if !host.contains(':') && !host.is_empty() => {
            format!("add the port, {}", quote(&format!("{address}:8000")))
        }
        _ => "write `HOST:PORT`, or `dns:///HOST:PORT` for several replicas".to_owned(),
    };
    Some((message, help))
}

fn authentication(resource: &Resource<'_>, node: &Node, context: &mut Context<'_>) {
    let Some(keys) = Keys::read(node, &["mutual", "tls"], resource, context) else {
        return;
    };
    match (keys.get("tls"), keys.get("mutual")) {
        (Some(_), Some(_)) => {
            context.error(
                resource,
                node,
                "`tls` and `mutual` at once",
                "remove one of them",
            );
        }
        (None, None) => {
            context.error(
                resource,
                node,
                "no way to authenticate",
                "write `tls` or `mutual`",
            );
        }
        (Some(tls), None) => self::tls(resource, tls, context),
        (None, Some(mutual)) => {
            let known = [
                "ca_certificates",
                "client_certificate",
                "private_key",
                "server_name",
            ];
            if let Some(keys) = Keys::read(mutual, &known, resource, context) {
                required(
                    resource,
                    mutual,
                    &keys,
                    &["client_certificate", "private_key"],
                    context,
                );
                paths(
                    resource,
                    &keys,
                    &["ca_certificates", "client_certificate", "private_key"],
                    context,
                );
            }
        }
    }
}

fn tls(resource: &Resource<'_>, node: &Node, context: &mut Context<'_>) {
    let known = [
        "auth_header",
        "ca_certificates",
        "custom_header",
        "oauth",
        "server_name",
        "token_path",
    ];
    let Some(keys) = Keys::read(node, &known, resource, context) else {
        return;
    };
    paths(resource, &keys, &["ca_certificates", "token_path"], context);
    match (keys.get("token_path"), keys.get("oauth")) {
        (None, None) => {
            let help = "add `tokenPath` or `oauth`";
            context.error(
                resource,
                node,
                "Mixer is not told which token to send",
                help,
            );
        }
        (Some(_), Some(_)) => {
            context.error(
                resource,
                node,
                "`tokenPath` and `oauth` at once",
                "remove one of them",
            );
        }
        (None, Some(oauth)) => {
            let known = [
                "client_id",
                "client_secret",
                "endpoint_params",
                "scopes",
                "token_url",
            ];
            if let Some(keys) = Keys::read(oauth, &known, resource, context) {
                required(
                    resource,
                    oauth,
                    &keys,
                    &["client_id", "client_secret", "token_url"],
                    context,
                );
            }
        }
        (Some(_), None) => {}
    }
    match (keys.get("auth_header"), keys.get("custom_header")) {
        (Some(_), Some(_)) => {
            let help = "remove one of them";
            context.error(
                resource,
                node,
                "`authHeader` and `customHeader` at once",
                help,
            );
        }
        (Some(node), None) => {
            if let Some(text) = context.text(resource, node)
                && !["BEARER", "PLAIN"].contains(&text)
            {
                let message = format!("there is no header {}", quote(text));
                let help = suggest::instead("header", text, &["BEARER", "PLAIN"]);
                context.error(resource, node, message, help);
            }
        }
        _ => {}
    }
}

fn required(
    resource: &Resource<'_>,
    node: &Node,
    keys: &Keys<'_>,
    names: &[&str],
    context: &mut Context<'_>,
) {
    for name in names.iter().filter(|name| keys.get(name).is_none()) {
        let name = crate::descriptor::camel_case(name, false);
        let message = format!("the key `{name}` is missing");
        context.error(resource, node, message, format!("add `{name}: …`"));
    }
}

/// Files of Mixer's, which are not here.
fn paths(resource: &Resource<'_>, keys: &Keys<'_>, names: &[&str], context: &mut Context<'_>) {
    for name in names {
        if let Some(node) = keys.get(name)
            && let Some(path) = context.text(resource, node)
            && !path.starts_with('/')
        {
            let message = format!("{} is no path in Mixer's pod", quote(path));
            context.error(resource, node, message, "write an absolute path");
        }
    }
}
