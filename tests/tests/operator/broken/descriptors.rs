//! Adapters, templates and attribute manifests.

use super::assert_said;

#[test]
fn descriptors_and_attributes_that_are_broken() {
    assert_said(&[
        (
            "apiVersion: config.istio.io/v1alpha2
kind: adapter
metadata: {name: a, namespace: istio-system}
spec:
  description:
  session_based: true
  templates: [metric, metric, metrik]
",
            &[
                "5:3: error: spec.description: an empty `description` stops some versions of Mixer; write a text, or `\"\"`",
                "6:18: warning: spec.session_based: Mixer never opens a session: it only leaves the configuration out; write `false`",
                "7:23: error: spec.templates[1]: the template `metric` is there twice; remove one of them",
                "7:31: error: spec.templates[2]: there is no template `metrik`; did you mean `metric`?",
            ],
        ),
        (
            "apiVersion: config.istio.io/v1alpha2
kind: adapter
metadata: {name: a, namespace: istio-system}
spec:
  description: a
",
            &["5:3: error: spec: the adapter has no templates; add `templates: …`"],
        ),
        (
            r#"apiVersion: config.istio.io/v1alpha2
kind: adapter
metadata: {name: a, namespace: istio-system}
spec:
  description: a
  templates: []
  config: "%%%"
"#,
            &[
                "6:14: error: spec.templates: the adapter has no templates; write their names",
                "7:11: error: spec.config: this is not base64; write what `manifest adapter a` prints",
            ],
        ),
        (
            "apiVersion: config.istio.io/v1alpha2
kind: adapter
metadata: {name: a, namespace: istio-system}
spec:
  description: a
  templates: [metric]
  config: CgA
",
            &[
                "7:11: error: spec.config: this base64 has no padding, without which Mixer doesn't read it; write standard base64, padded with `=`",
            ],
        ),
        (
            "apiVersion: config.istio.io/v1alpha2
kind: adapter
metadata: {name: a, namespace: istio-system}
spec:
  description: a
  templates: [metric]
  config: AAAA
",
            &[
                "7:11: error: spec.config: this is no `FileDescriptorSet`; write what `manifest adapter a` prints",
            ],
        ),
        (
            "apiVersion: config.istio.io/v1alpha2
kind: adapter
metadata: {name: a, namespace: istio-system}
spec:
  description: a
  templates: [metric]
  config: CgA=
",
            &[
                "7:11: error: spec.config: no message in this descriptor is called `Params`; write what `manifest adapter a` prints",
            ],
        ),
        (
            "apiVersion: config.istio.io/v1alpha2
kind: adapter
metadata: {name: a, namespace: istio-system}
spec:
  description: a
  templates: [metric]
  config: >
    CgA=
    CgA=
",
            &[
                "8:5: error: spec.config: base64 with blanks or line breaks in it; write it on one line, or as a literal block, `|`; Mixer doesn't read `>`",
            ],
        ),
        (
            "apiVersion: config.istio.io/v1alpha2
kind: adapter
metadata: {name: wavefront, namespace: istio-system}
spec:
  description: a
  templates: [metric]
  config: CioKB2MucHJvdG8SDW90aGVyLnBhY2thZ2UiCAoGUGFyYW1zYgZwcm90bzM=
",
            &[
                "7:11: error: spec.config: this is the configuration `other.package.Params`, and that of the adapter is `wavefront.config.Params`; write what `manifest adapter wavefront` prints",
            ],
        ),
        (
            r#"apiVersion: config.istio.io/v1alpha2
kind: adapter
metadata: {name: wavefront, namespace: istio-system}
spec:
  description: a
  templates: [metric]
---
apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: h, namespace: istio-system}
spec:
  adapter: wavefront
  connection: {address: "w:8000"}
  params: {proxy: {address: "p:1"}}
"#,
            &[
                "14:12: error: spec.params: Mixer leaves these `params` out, for the adapter's resource has no `config` (the resource of the adapter: line 3); write what `manifest adapter wavefront` prints",
            ],
        ),
        (
            "apiVersion: config.istio.io/v1alpha2
kind: template
metadata: {name: a, namespace: istio-system}
spec:
  {}
",
            &[
                "5:3: error: spec: the template has no descriptor; write what `manifest template a` prints",
            ],
        ),
        (
            "apiVersion: config.istio.io/v1alpha2
kind: template
metadata: {name: a, namespace: istio-system}
spec:
  descriptor: CgA=
",
            &[
                "5:15: error: spec.descriptor: no file of this descriptor has the option `template_variety`; write what `manifest template a` prints",
            ],
        ),
        (
            "apiVersion: config.istio.io/v1alpha2
kind: template
metadata: {name: a, namespace: istio-system}
spec:
  descriptor: ChEKB3QucHJvdG9CBvjS5JMCAQ==
",
            &[
                "5:15: error: spec.descriptor: this descriptor has no handler service; it is that of the template alone; Mixer needs that of its `…_handler_service.proto`",
            ],
        ),
        (
            "apiVersion: config.istio.io/v1alpha2
kind: attributemanifest
metadata: {name: a, namespace: istio-system}
spec:
  {}
",
            &["5:3: error: spec: no attributes are declared; add `attributes: …`"],
        ),
        (
            "apiVersion: config.istio.io/v1alpha2
kind: attributemanifest
metadata: {name: a, namespace: istio-system}
spec:
  attributes:
    a.b: {valueType: TEXT}
    c: {}
    on: {valueType: STRING}
    d-e: {valueType: STRING}
",
            &[
                "6:22: error: spec.attributes.a.b.valueType: there is no type `TEXT`; the types are `BOOL`, `DNS_NAME`, `DOUBLE`, `DURATION`, `EMAIL_ADDRESS`, `INT64`, `IP_ADDRESS`, `STRING`, `STRING_MAP`, `TIMESTAMP` and `URI`",
                "7:8: error: spec.attributes.c: the attribute has no type; add `valueType: STRING`, or another type",
                "8:5: error: spec.attributes: this is the key `true` for Mixer, which reads YAML 1.1 and takes an unquoted `on` for it; write `\"on\"`",
                "9:5: error: spec.attributes: `d-e` can't be an attribute; write letters, digits and `_`, with `.` between words",
            ],
        ),
    ]);
}
