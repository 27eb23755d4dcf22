//! The resource `adapter`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use super::resource::Resource;
use super::text::Text;
use super::{File, Listed, Options};
use crate::definition::Registration;

/// What Mixer must know of an adapter.
#[derive(Debug, Serialize)]
pub(super) struct Adapter {
    /// Never null, which some versions of Mixer refuse.
    description: String,
    /// Mixer never opens a session; if this is true, it only leaves the configuration out.
    session_based: bool,
    templates: Vec<String>,
    config: String,
}

pub(super) fn resource(adapter: &Registration, options: &Options) -> Resource<Adapter> {
    let info = adapter.info();
    let templates = adapter.adapter.templates().into_iter().map(Listed::from);
    let spec = Adapter {
        description: info.description,
        session_based: false,
        templates: templates.map(|it| template_name(&it, options)).collect(),
        config: STANDARD.encode(info.config.schema.descriptor_set()),
    };
    Resource::new("adapter", info.name, options, spec)
}

/// How a resource refers to a template: without a namespace it is one of its own.
pub(super) fn template_name(template: &Listed, options: &Options) -> String {
    let name = template.resource;
    match template.is_istios() && !options.built_in && !options.is_mesh_wide() {
        true => format!("{name}.istio-system"),
        false => name.to_owned(),
    }
}

pub(super) fn file(adapter: &Registration, options: &Options) -> File {
    let name = adapter.adapter.name();
    let comment = "What Mixer must know of the adapter: the templates that it handles, and the \
                   descriptor of its\nconfiguration.";
    let mut text = Text::new(options);
    text.add(comment, &resource(adapter, options));
    File::new(format!("{name}.yaml"), text.finish())
}
