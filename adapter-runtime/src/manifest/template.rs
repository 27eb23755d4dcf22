//! The resource `template`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use super::resource::Resource;
use super::text::Text;
use super::{File, Listed, Options};
use crate::template::descriptor_set;

#[derive(Debug, Serialize)]
pub(super) struct Template {
    descriptor: String,
}

pub(super) fn resource(template: &Listed, options: &Options) -> Resource<Template> {
    let spec = Template {
        descriptor: STANDARD.encode(descriptor_set(&template.info)),
    };
    Resource::new("template", template.resource, options, spec)
}

pub(super) fn file(template: &Listed, options: &Options) -> File {
    let name = template.resource;
    let comment = format!(
        "The template `{}` ({}), called {}.",
        template.info.name, template.info.variety, template.info.path
    );
    let mut text = Text::new(options);
    text.add(&comment, &resource(template, options));
    File::new(format!("{name}template.yaml"), text.finish())
}
