//! What is said of a secret.

use adapter_runtime::document::Problems;
use adapter_runtime::validate::{Validator, read};

use crate::adapters;

#[test]
fn no_secret_of_a_handler_is_shown() {
    const MARKER: &str = "m4rker-of-a-secret";
    for spec in [
        "{adapter: wavefrnt, params: {direct: {token: M}}}",
        "{adapter: wavefront, paramss: {direct: {token: M}}}",
        "{adapter: wavefront, params: {direct: {token: M, sever: x}}}",
        "{adapter: wavefront, connection: {addres: x}, params: {direct: {token: M}}}",
        "{adapter: wavefront, params: M}",
        "{adapter: wavefront, params: [M]}",
        "{adapter: elsewhere, params: {token: M}, connection: x}",
        "{params: {token: M}, adapter: 5}",
        "{adapter: wavefront, params: {direct: {token: @M}}}",
        "{adapter: wavefront, params: {direct: {token: M size: 5}}}",
    ] {
        let text = format!(
            "apiVersion: config.istio.io/v1alpha2\nkind: handler\n\
             metadata: {{name: a, namespace: b}}\nspec: {spec}\n"
        );
        let text = text.replace('M', MARKER);
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("handler.yaml");
        std::fs::write(&file, text).expect("a file");
        let registry = adapters::registry();
        let mut validator = Validator::new().with_adapters(&registry);
        let mut problems = Problems::new();
        let documents = read([&file], &validator, &mut problems).expect("a readable file");
        validator.validate(&documents, &mut problems);
        assert!(problems.has_errors(), "{spec}");
        for output in [
            problems.to_string(),
            format!("{problems:?} {documents:?} {validator:?}"),
        ] {
            assert!(!output.contains(MARKER), "{spec}\n{output}");
        }
    }
}
