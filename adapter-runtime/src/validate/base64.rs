//! Descriptors, which resources hold as base64.

use ::base64::Engine;
use ::base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use prost::Message;
use prost_types::FileDescriptorSet;

use crate::document::Node;

use super::context::Context;
use super::resource::Resource;

/// The descriptor at a node, and its bytes.
pub(super) fn descriptor_set(
    node: &Node,
    made_by: &str,
    resource: &Resource<'_>,
    context: &mut Context<'_>,
) -> Option<(FileDescriptorSet, Vec<u8>)> {
    let text = context.text(resource, node)?;
    let again = format!("write what `{made_by}` prints");
    let text = match text.trim() {
        "" => {
            context.error(resource, node, "the descriptor is empty", again);
            return None;
        }
        // A literal block may end with an empty line.
        trimmed if !trimmed.contains(char::is_whitespace) => trimmed,
        _ => {
            let help = "write it on one line, or as a literal block, `|`; Mixer doesn't read `>`";
            context.error(
                resource,
                node,
                "base64 with blanks or line breaks in it",
                help,
            );
            return None;
        }
    };
    let bytes = match STANDARD.decode(text) {
        Ok(bytes) => bytes,
        Err(_) => {
            let url_safe = URL_SAFE.decode(text).is_ok() || URL_SAFE_NO_PAD.decode(text).is_ok();
            let message = match (STANDARD_NO_PAD.decode(text).is_ok(), url_safe) {
                (true, _) => "this base64 has no padding, without which Mixer doesn't read it",
                (_, true) => "this is URL-safe base64, which Mixer doesn't read",
                _ => "this is not base64",
            };
            let help = match message {
                "this is not base64" => again,
                _ => "write standard base64, padded with `=`".to_owned(),
            };
            context.error(resource, node, message, help);
            return None;
        }
    };
    match FileDescriptorSet::decode(&*bytes) {
        Ok(set) => Some((set, bytes)),
        Err(_) => {
            context.error(resource, node, "this is no `FileDescriptorSet`", again);
            None
        }
    }
}

/// The same where what is wrong is said elsewhere.
pub(super) fn silently(node: &Node) -> Option<FileDescriptorSet> {
    let bytes = STANDARD.decode(node.as_str().ok()?.trim()).ok()?;
    FileDescriptorSet::decode(&*bytes).ok()
}
