//! What is no resource.

use super::assert_said;

#[test]
fn documents_that_are_broken() {
    assert_said(&[
        (
            "a: [1
",
            &["1:4: error: this `[` is never closed"],
        ),
        (
            "- a
",
            &[
                "1:1: error: expected a mapping, got a list; write a resource: `apiVersion`, `kind`, `metadata` and `spec`",
            ],
        ),
        (
            "apiVersion: config.istio.io/v1alpha2
kind: rule
kind: rule
spec: {}
",
            &[
                "3:1: error: the key `kind` is there twice (the first one: line 2); remove one of them: Mixer would take the second",
            ],
        ),
        (
            "apiVersion: config.istio.io/v1alpha2
metadata: {name: a, namespace: b}
spec: {}
",
            &["1:1: error: the key `kind` is missing; add `kind: …`"],
        ),
        (
            "kind: rule
metadata: {name: a, namespace: b}
spec: {actions: []}
",
            &[
                "1:1: error: the key `apiVersion` is missing; add `apiVersion: config.istio.io/v1alpha2`",
                "3:8: error: spec: the rule does nothing; add `actions:` with a `handler` and its `instances`",
            ],
        ),
        (
            "apiVersion: config.istio.io/v1alpha3
kind: rule
metadata: {name: a, namespace: b}
spec: {actions: []}
",
            &[
                "1:13: error: apiVersion: `config.istio.io/v1alpha3` is not the version of a rule; write `config.istio.io/v1alpha2`",
                "4:8: error: spec: the rule does nothing; add `actions:` with a `handler` and its `instances`",
            ],
        ),
        (
            "apiVersion: config.istio.io/v1alpha2
kind: rules
metadata: {name: a, namespace: b}
spec: {}
",
            &["2:7: error: kind: there is no kind `rules`; did you mean `rule`?"],
        ),
        (
            "apiVersion: config.istio.io/v1alpha2
kind: prometheus
metadata: {name: a, namespace: b}
spec: {}
",
            &[
                "2:7: error: kind: there is no kind `prometheus`; write `kind: handler`, with `compiledAdapter: prometheus` in its `spec`",
            ],
        ),
        (
            "apiVersion: config.istio.io/v1alpha2
kind: logentry
metadata: {name: a, namespace: b}
spec: {}
",
            &[
                "2:7: error: kind: there is no kind `logentry`; write `kind: instance`, with `template: logentry` in its `spec`",
            ],
        ),
        (
            "apiVersion: config.istio.io/v1alpha2
kind: rule
metdata: {name: a, namespace: b}
spec: {}
",
            &["3:1: error: unknown key `metdata`; did you mean `metadata`?"],
        ),
        (
            "apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: a, namespace: b}
",
            &["1:1: error: the key `spec` is missing; add `spec: …`"],
        ),
        (
            "apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: a, namespace: b}
spec: []
",
            &["4:7: error: spec: expected a mapping, got a list; write `key: value` lines"],
        ),
        (
            "apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {namespace: b}
spec: {actions: []}
",
            &["3:12: error: metadata: the key `name` is missing; add `name: …`"],
        ),
        (
            "apiVersion: config.istio.io/v1alpha2
kind: attributemanifest
metadata: {name: n, namespace: b}
spec: {attributes: {}}
",
            &[
                "3:18: error: metadata.name: expected a text, got the boolean `false`: that is how Mixer, which reads YAML 1.1, takes an unquoted `n`; write `\"n\"`",
            ],
        ),
        (
            "apiVersion: config.istio.io/v1alpha2
kind: attributemanifest
metadata: {name: my_rule, namespace: B}
spec: {attributes: {}}
",
            &[
                "3:18: error: metadata.name: `my_rule` is no name that Kubernetes takes; write small letters, digits and `-`, first and last no `-`",
                "3:38: error: metadata.namespace: `B` is no namespace that Kubernetes takes; write small letters, digits and `-`, first and last no `-`",
            ],
        ),
        (
            "apiVersion: config.istio.io/v1alpha2
kind: attributemanifest
metadata: {name: a.b, namespace: c}
spec: {attributes: {}}
",
            &[
                "3:18: error: metadata.name: the name `a.b` has a dot, with which nothing can refer to it; write `-` instead: `name.namespace` is how resources are referred to",
            ],
        ),
        (
            "apiVersion: config.istio.io/v1alpha2
kind: attributemanifest
metadata: {name: a}
spec: {attributes: {}}
",
            &[
                "3:12: warning: metadata: no namespace: `kubectl` takes that of the day, and a Mixer that reads files leaves the resource out; add `namespace: istio-system`",
            ],
        ),
        (
            "apiVersion: config.istio.io/v1alpha2
kind: attributemanifest
metadata:
  name: a
  namespace: b
  annotations: {policy.istio.io/lang: cel}
spec: {attributes: {}}
",
            &[
                "6:39: warning: metadata.annotations.policy.istio.io/lang: `cel` is no language, so Mixer takes its own; did you mean `CEL`?",
            ],
        ),
        (
            r#"apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: i, namespace: istio-system}
spec:
  template: metric
  params: {value: "1"}
---
apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: i, namespace: istio-system}
spec:
  template: metric
  params: {value: "1"}
"#,
            &[
                "10:18: error: metadata.name: a second instance `i` in the namespace `istio-system` (the first one: line 3); give it another name: one of them would replace the other",
            ],
        ),
    ]);
}
