//! Instances.

use super::assert_said;

#[test]
fn instances_that_are_broken() {
    assert_said(&[
        (
            "apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: a, namespace: istio-system}
spec:
  params: {}
",
            &["5:3: error: spec: the instance has no template; add `template: metric`, or another"],
        ),
        (
            "apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: a, namespace: istio-system}
spec:
  template: metrics
",
            &["5:13: error: spec.template: there is no template `metrics`; did you mean `metric`?"],
        ),
        (
            "apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: a, namespace: istio-system}
spec:
  template: metric.elsewhere.x.y
",
            &[
                "5:13: error: spec.template: there is no template `metric.elsewhere.x.y`; did you mean `metric`?",
            ],
        ),
        (
            "apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: a, namespace: istio-system}
spec:
  template: metric
  compiledTemplate: metric
",
            &[
                "6:21: error: spec.compiledTemplate: `template` and `compiledTemplate` in one instance (the template: line 5); remove one: `compiledTemplate` is for adapters within Mixer",
            ],
        ),
        (
            "apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: a, namespace: istio-system}
spec:
  compiledTemplate: metrc
",
            &[
                "5:21: error: spec.compiledTemplate: there is no template `metrc` within Mixer; did you mean `metric`?",
            ],
        ),
        (
            r#"apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: a, namespace: istio-system}
spec:
  template: metric
  params:
    vale: "1"
"#,
            &["7:5: error: spec.params: unknown key `vale`; did you mean `value`?"],
        ),
        (
            "apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: a, namespace: istio-system}
spec:
  template: metric
  params:
    value: 1
",
            &[
                "7:12: warning: spec.params.value: a number without quotes reaches the adapter as a double; write `\"1\"` for a whole number",
            ],
        ),
        (
            "apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: a, namespace: istio-system}
spec:
  template: metric
  params:
    value: true
",
            &[
                "7:12: error: spec.params.value: expected an expression, got a boolean; write `\"true\"`",
            ],
        ),
        (
            "apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: a, namespace: istio-system}
spec:
  template: metric
  params:
    value: [1]
",
            &[
                "7:12: error: spec.params.value: expected an expression, got a list; write one expression here",
            ],
        ),
        (
            "apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: a, namespace: istio-system}
spec:
  template: metric
  params:
    dimensions: source.name
",
            &[
                "7:17: error: spec.params.dimensions: expected a mapping, got the text `source.name`; write `key: value` lines",
            ],
        ),
        (
            r#"apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: a, namespace: istio-system}
spec:
  template: metric
  params:
    dimensions: {a: "", b: 5, no: "x"}
"#,
            &[
                "7:21: error: spec.params.dimensions.a: an empty expression has no value; write `'\"\"'` for an empty text, or remove the key",
                "7:28: warning: spec.params.dimensions.b: a number without quotes reaches the adapter as a double; write `\"5\"` for a whole number",
                "7:31: error: spec.params.dimensions.false: this is the key `false` for Mixer, which reads YAML 1.1 and takes an unquoted `no` for it; write `\"no\"`",
            ],
        ),
        (
            "apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: a, namespace: istio-system}
spec:
  template: metric
  params:
    value: request.size | 
",
            &["7:26: error: spec.params.value: a value is missing at the end"],
        ),
        (
            r#"apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: a, namespace: istio-system}
spec:
  template: metric
  params:
    value: "source.name = 'a'"
"#,
            &["7:25: error: spec.params.value: `=` means nothing; write `==` to compare"],
        ),
        (
            "apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: a, namespace: istio-system}
spec:
  template: metric
  params:
    monitored_resource_type: UNSPECIFIED RESOURCE
",
            &[
                "7:42: error: spec.params.monitored_resource_type: an operator is missing before `RESOURCE`; a text stands in double quotes, `\"a text\"`",
            ],
        ),
        (
            r#"apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: a, namespace: istio-system}
spec:
  template: metric
  params:
    monitoredResourceType: '"a"'
    monitored_resource_type: '"b"'
"#,
            &[
                "8:5: error: spec.params.monitored_resource_type: `monitored_resource_type` is the same field as `monitoredResourceType` (the first one: line 7); remove one of them",
            ],
        ),
        (
            "apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: a, namespace: istio-system}
spec:
  template: authorization
  params:
    subject: {user: a, group: b}
",
            &["7:24: error: spec.params.subject: unknown key `group`; did you mean `groups`?"],
        ),
        (
            "apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: a, namespace: istio-system}
spec:
  template: threescale-authorization
  params:
    subject: source.user
",
            &[
                "7:14: error: spec.params.subject: expected a mapping, got the text `source.user`; write `key: value` lines",
            ],
        ),
        (
            "apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: a, namespace: istio-system}
spec:
  template: caller
  params:
    source_ip: source.ip
",
            &[
                "5:3: warning: spec: no attribute gets what the adapter answers; add `attribute_bindings`, with expressions over `internal` and `zone`",
            ],
        ),
        (
            r#"apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: a, namespace: istio-system}
spec:
  template: caller
  params: {source_ip: source.ip}
  attribute_bindings:
    caller.zone: $out.zoon | ""
    caller.type: output.zone
"#,
            &[
                "8:18: error: spec.attribute_bindings.caller.zone: the output has no field `output.zoon`; did you mean `output.zone`?",
                "9:5: error: spec.attribute_bindings.caller.type: `type` can't be a part of a name; it is a keyword of Go, whose parser Mixer has; `m[\"key\"]` takes any key",
            ],
        ),
        (
            "apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: a, namespace: istio-system}
spec:
  template: keyval
  params: {key: source.name}
  attribute_bindings: {a: output.value}
",
            &[
                "7:24: error: spec.attribute_bindings: the output of a check is bound by no attributes; use it in the header operations of a rule, as `ACTION.output.FIELD`",
            ],
        ),
        (
            "apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: a, namespace: istio-system}
spec:
  template: metric
  params: {}
  attribute_bindings: {a: b}
",
            &[
                "7:24: error: spec.attribute_bindings: adapters answer this template with no attributes; remove the bindings",
            ],
        ),
    ]);
}
