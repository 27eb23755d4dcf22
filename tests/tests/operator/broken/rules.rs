//! Rules.

use super::{assert_said, assert_said_beside};

/// What the rules send: an instance `i` to a handler `h`.
const SOUND: &str = r#"apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: h, namespace: istio-system}
spec:
  adapter: wavefront
  connection: {address: "w:8000"}
  params: {proxy: {address: "p:1"}}
---
apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: i, namespace: istio-system}
spec:
  template: metric
  params: {value: "1"}
"#;

#[test]
fn rules_that_are_broken() {
    assert_said_beside(
        SOUND,
        &[
            (
                r#"apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: r, namespace: istio-system}
spec:
  match: "true"
"#,
                &[
                    "5:3: error: spec: the rule does nothing; add `actions:` with a `handler` and its `instances`",
                ],
            ),
            (
                r#"apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: r, namespace: istio-system}
spec:
  match: true
  actions: [{handler: h, instances: [i]}]
"#,
                &[
                    "5:10: error: spec.match: expected an expression, got a boolean; write `\"true\"`",
                ],
            ),
            (
                r#"apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: r, namespace: istio-system}
spec:
  match: source.name == "a" &
  actions: [{handler: h, instances: [i]}]
"#,
                &["5:29: error: spec.match: there is no operator `&`; write `&&` for \"and\""],
            ),
            (
                r#"apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: r, namespace: istio-system}
spec:
  actions:
  - handler: g
    instances: [i]
"#,
                &[
                    "6:14: error: spec.actions[0].handler: there is no handler `g`; did you mean `h`?",
                ],
            ),
            (
                r#"apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: r, namespace: istio-system}
spec:
  actions:
  - handler: h.elsewhere
    instances: [i]
"#,
                &[
                    "6:14: error: spec.actions[0].handler: there is no handler `h.elsewhere`; write `h`: it is in the same namespace",
                ],
            ),
            (
                r#"apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: r, namespace: istio-system}
spec:
  actions:
  - handler: handler.h
    instances: [i]
"#,
                &[
                    "6:14: error: spec.actions[0].handler: there is no handler `handler.h`; the only handler is `h`",
                ],
            ),
            (
                r#"apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: r, namespace: istio-system}
spec:
  actions:
  - handler: h
    instances: [j, i, i]
"#,
                &[
                    "7:17: error: spec.actions[0].instances[0]: there is no instance `j`; did you mean `i`?",
                    "7:23: error: spec.actions[0].instances[2]: the instance `i` is there twice; remove one of them: Mixer leaves it out",
                ],
            ),
            (
                r#"apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: r, namespace: istio-system}
spec:
  actions:
  - handler: h
    instances: []
"#,
                &[
                    "7:16: error: spec.actions[0].instances: the handler gets no instances; write the names of instances",
                ],
            ),
            (
                r#"apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: r, namespace: istio-system}
spec:
  actions:
  - handler: h
"#,
                &[
                    "6:5: error: spec.actions[0]: the handler gets no instances; add `instances: […]`",
                ],
            ),
            (
                r#"apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: r, namespace: istio-system}
spec:
  actions:
  - instances: [i]
"#,
                &["6:5: error: spec.actions[0]: the action has no handler; add `handler: …`"],
            ),
            (
                r#"apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: r, namespace: istio-system}
spec:
  actions:
    handler: h
    instances: [i]
"#,
                &[
                    "6:5: error: spec.actions: expected a list, got a mapping; write `- ` before each item",
                ],
            ),
            (
                r#"apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: r, namespace: istio-system}
spec:
  actions:
  - handler: h
    instances: i
"#,
                &[
                    "7:16: error: spec.actions[0].instances: expected a list, got the text `i`; write `- ` before each item",
                ],
            ),
            (
                r#"apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: r, namespace: istio-system}
spec:
  action:
  - handler: h
    instances: [i]
"#,
                &["5:3: error: spec: unknown key `action`; did you mean `actions`?"],
            ),
            (
                r#"apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: r, namespace: istio-system}
spec:
  actions: [{handler: h, instances: [i]}]
  sampling: {}
"#,
                &[
                    "6:3: warning: spec: Mixer reads `sampling`, and does nothing with it; remove it",
                ],
            ),
            (
                r#"apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: r, namespace: istio-system}
spec:
  actions: [{handler: h, instances: [i]}]
  requestHeaderOperations:
  - {name: "x y", values: ['"a"']}
  - {name: x, operation: DELETE}
  - {values: [a.b]}
"#,
                &[
                    "7:12: error: spec.requestHeaderOperations[0].name: `x y` can't be a header; write letters, digits and `-`",
                    "8:6: error: spec.requestHeaderOperations[1]: the header gets no value; add `values: […]`, expressions of the type STRING",
                    "8:26: error: spec.requestHeaderOperations[1].operation: there is no operation `DELETE`; the operations are `APPEND`, `REMOVE` and `REPLACE`",
                    "9:6: error: spec.requestHeaderOperations[2]: the operation is for no header; add `name: x-my-header`",
                ],
            ),
        ],
    );
}

#[test]
fn rules_and_what_they_refer_to() {
    assert_said(&[
        (
            r#"apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: h, namespace: istio-system}
spec:
  adapter: wavefront
  connection: {address: "w:8000"}
  params: {proxy: {address: "p:1"}}
---
apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: i, namespace: istio-system}
spec:
  template: keyval
  params: {key: source.name}
---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: r, namespace: istio-system}
spec:
  actions: [{handler: h, instances: [i]}]
"#,
            &[
                "20:38: error: spec.actions[0].instances[0]: the adapter `wavefront` doesn't handle `keyval`, the template of this instance; it handles `metric`",
            ],
        ),
        (
            r#"apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: h, namespace: istio-system}
spec:
  adapter: wavefront
  connection: {address: "w:8000"}
  params: {proxy: {address: "p:1"}}
---
apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: i, namespace: istio-system}
spec:
  compiledTemplate: metric
---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: r, namespace: istio-system}
spec:
  actions: [{handler: h, instances: [i]}]
"#,
            &[
                "19:38: error: spec.actions[0].instances[0]: the instance is for adapters within Mixer, and the handler is another one; write `template` in place of `compiledTemplate` in the instance",
            ],
        ),
        (
            "apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: r, namespace: istio-system}
spec:
  actions: [{handler: h, instances: [i]}]
",
            &[
                "5:23: error: spec.actions[0].handler: there is no handler `h`; give the file with the handler too",
                "5:38: error: spec.actions[0].instances[0]: there is no instance `i`; give the file with the instance too",
            ],
        ),
        (
            r#"apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: h, namespace: istio-system}
spec:
  adapter: wavefront
  connection: {address: "w:8000"}
  params: {proxy: {address: "p:1"}}
---
apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: i, namespace: shop}
spec:
  template: metric.istio-system
---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: r, namespace: shop}
spec:
  actions: [{handler: h, instances: [i]}]
"#,
            &[
                "19:23: error: spec.actions[0].handler: there is no handler `h`; write `h.istio-system`: it is in another namespace",
            ],
        ),
    ]);
}
