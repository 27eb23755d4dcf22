//! The resource `template`.

use super::base64;
use super::context::Context;
use super::keys::Keys;
use super::resource::Resource;
use super::shape::{self, Shape};

pub(super) fn check(resource: &Resource<'_>, context: &mut Context<'_>) {
    let known = ["descriptor", "name"];
    let Some(keys) = Keys::read(resource.spec, &known, resource, context) else {
        return;
    };
    let made_by = format!("manifest template {}", resource.name);
    let Some(node) = keys.get("descriptor") else {
        let help = format!("write what `{made_by}` prints");
        context.error(
            resource,
            resource.spec,
            "the template has no descriptor",
            help,
        );
        return;
    };
    let Some((set, bytes)) = base64::descriptor_set(node, &made_by, resource, context) else {
        return;
    };
    let again = format!("write what `{made_by}` prints");
    if !shape::has_variety(&bytes) {
        let message = "no file of this descriptor has the option `template_variety`";
        context.error(resource, node, message, again);
    } else if Shape::of_descriptor(&set).is_none() {
        let message = "this descriptor has no handler service";
        let help = "it is that of the template alone; Mixer needs that of its \
                    `…_handler_service.proto`";
        context.error(resource, node, message, help);
    }
}
