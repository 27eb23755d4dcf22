//! Files with mistakes: each with what is said of it, where, and what to write instead.

use adapter_runtime::document::{self, Problems};
use adapter_runtime::validate::{Validator, read};

use super::adapters;

/// What is said of a text, a line for each problem, with the place in the file.
fn said(text: &str) -> Vec<String> {
    let registry = adapters::registry();
    let mut problems = Problems::new();
    let documents = document::parse("f.yaml", text, &mut problems);
    let mut validator = Validator::new().with_adapters(&registry);
    validator.validate(&documents, &mut problems);
    let lines = problems.iter().map(ToString::to_string);
    lines
        .map(|line| line.trim_start_matches("f.yaml:").to_owned())
        .collect()
}

fn assert_said(cases: &[(&str, &[&str])]) {
    let mut wrong = String::new();
    for (text, expected) in cases {
        let found = said(text);
        if found != *expected {
            wrong += &format!("{text}\n{found:#?}\n");
        }
    }
    assert!(wrong.is_empty(), "not as expected:\n{wrong}");
}

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

#[test]
fn handlers_that_are_broken() {
    assert_said(&[
        (
            "apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: a, namespace: istio-system}
spec:
  params: {}
",
            &[
                "5:3: error: spec: the handler has no adapter; add `adapter: …`, the name of its resource",
            ],
        ),
        (
            r#"apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: a, namespace: istio-system}
spec:
  adapter: wavefrnt
  connection: {address: "w:8000"}
"#,
            &[
                "5:12: error: spec.adapter: there is no adapter `wavefrnt`; did you mean `wavefront`?",
            ],
        ),
        (
            "apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: a, namespace: istio-system}
spec:
  adapter: wavefront
",
            &[
                "5:3: error: spec: Mixer is not told where the adapter is; add `connection:` with `address: HOST:PORT`",
                "5:3: error: spec.params.credentials: is required: write one of `direct`, `proxy`",
            ],
        ),
        (
            "apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: a, namespace: istio-system}
spec:
  adapter: keyval
  connection: {}
",
            &[
                "6:15: error: spec.connection: Mixer is not told where the adapter is; add `address: HOST:PORT`",
            ],
        ),
        (
            "apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: a, namespace: istio-system}
spec:
  adapter: keyval
  connection: {address: k}
",
            &["6:25: error: spec.connection.address: `k` is no address; add the port, `k:8000`"],
        ),
        (
            r#"apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: a, namespace: istio-system}
spec:
  adapter: keyval
  connection: {address: "http://k:8000/"}
"#,
            &[
                "6:25: error: spec.connection.address: `http://k:8000/` is no address; write `k:8000`, without a scheme",
            ],
        ),
        (
            r#"apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: a, namespace: istio-system}
spec:
  adapter: keyval
  connection: {address: "k:8000", timeout: 5}
"#,
            &[
                "6:44: error: spec.connection.timeout: expected a duration, got the integer `5`; write the unit: `5s` for seconds",
            ],
        ),
        (
            r#"apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: a, namespace: istio-system}
spec:
  adapter: keyval
  connection: {address: "k:8000", time_out: 5s}
"#,
            &["6:35: error: spec.connection: unknown key `time_out`; did you mean `timeout`?"],
        ),
        (
            r#"apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: a, namespace: istio-system}
spec:
  adapter: keyval
  connection:
    address: "k:8000"
    authentication: {tls: {caCertificates: /ca}}
"#,
            &[
                "8:28: error: spec.connection.authentication.tls: Mixer is not told which token to send; add `tokenPath` or `oauth`",
            ],
        ),
        (
            r#"apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: a, namespace: istio-system}
spec:
  adapter: keyval
  connection:
    address: "k:8000"
    authentication: {tls: {tokenPath: /t, authHeader: Bearer}}
"#,
            &[
                "8:55: error: spec.connection.authentication.tls.authHeader: there is no header `Bearer`; did you mean `BEARER`?",
            ],
        ),
        (
            r#"apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: a, namespace: istio-system}
spec:
  adapter: keyval
  connection:
    address: "k:8000"
    authentication: {mutual: {privateKey: key.pem}}
"#,
            &[
                "8:31: error: spec.connection.authentication.mutual: the key `clientCertificate` is missing; add `clientCertificate: …`",
                "8:43: error: spec.connection.authentication.mutual.privateKey: `key.pem` is no path in Mixer's pod; write an absolute path",
            ],
        ),
        (
            r#"apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: a, namespace: istio-system}
spec:
  adapter: keyval
  compiledAdapter: keyval
  connection: {address: "k:8000"}
"#,
            &[
                "6:20: error: spec.compiledAdapter: `adapter` and `compiledAdapter` in one handler (the adapter: line 5); remove one: `compiledAdapter` is an adapter within Mixer",
            ],
        ),
        (
            "apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: a, namespace: istio-system}
spec:
  compiledAdapter: prometeus
",
            &[
                "5:20: error: spec.compiledAdapter: there is no adapter `prometeus` within Mixer; did you mean `prometheus`?",
            ],
        ),
        (
            r#"apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: a, namespace: istio-system}
spec:
  compiledAdapter: keyval
  connection: {address: "k:8000"}
"#,
            &[
                "6:3: error: spec: an adapter within Mixer has no connection; remove it, or write `adapter` in place of `compiledAdapter`",
            ],
        ),
        (
            r#"apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: a, namespace: istio-system}
spec:
  adapter: keyval
  adaptr: x
  connection: {address: "k:8000"}
"#,
            &["6:3: error: spec: unknown key `adaptr`; did you mean `adapter`?"],
        ),
        (
            r#"apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: a, namespace: istio-system}
spec:
  adapter: keyval
  connection: {address: "k:8000"}
  params: {size: 5}
"#,
            &["7:12: error: spec.params: unknown key `size`; no key is expected here"],
        ),
        (
            r#"apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: a, namespace: istio-system}
spec:
  adapter: wavefront
  connection: {address: "w:8000"}
  params:
    {}
"#,
            &["8:5: error: spec.params.credentials: is required: write one of `direct`, `proxy`"],
        ),
        (
            r#"apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: a, namespace: istio-system}
spec:
  adapter: wavefront
  connection: {address: "w:8000"}
  params:
    proxy: {address: localhost}
"#,
            &[
                "8:22: error: spec.params.proxy.address: must be a host and a port such as `example.com:443`, got `localhost`: the port is missing",
            ],
        ),
        (
            r#"apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: a, namespace: istio-system}
spec:
  adapter: wavefront
  connection: {address: "w:8000"}
  params:
    proxy: {address: "p:1"}
    flush_interval: 5
    source: yes
"#,
            &[
                "9:21: error: spec.params.flush_interval: expected a duration, got the integer `5`; write the unit: `5s` for seconds",
                "10:13: error: spec.params.source: expected a text, got the boolean `true`: that is how Mixer, which reads YAML 1.1, takes an unquoted `yes`; write `\"yes\"`",
            ],
        ),
        (
            r#"apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: a, namespace: istio-system}
spec:
  adapter: wavefront
  connection: {address: "w:8000"}
  params:
    proxy: {address: "p:1"}
    metrics:
    - {instance_name: a, type: GAUGE}
    - {instance_name: a, type: GAUG}
"#,
            &[
                "11:32: error: spec.params.metrics[1].type: `GAUG` is no value of `MetricType`; did you mean `GAUGE`?",
            ],
        ),
        (
            r#"apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: a, namespace: istio-system}
spec:
  adapter: wavefront
  connection: {address: "w:8000"}
  params:
    direct: {server: "https://w", token: "${env:SECRET_NOT_SET_ANYWHERE}"}
"#,
            &[
                "8:42: warning: spec.params.direct.token: the environment variable `SECRET_NOT_SET_ANYWHERE` is not set; it must be there where the adapter runs",
            ],
        ),
        (
            r#"apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: a, namespace: istio-system}
spec:
  adapter: wavefront
  connection: {address: "w:8000"}
  params:
    direct: {server: "https://w", token: 5}
"#,
            &[
                "8:42: error: spec.params.direct.token: expected a text, got an integer; put it in quotes",
            ],
        ),
        (
            r#"apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: a, namespace: istio-system}
spec:
  adapter: wavefront
  connection: {address: "w:8000"}
  params:
    direct: {server: "https://w", token: "${env:NOT_SET_ANYWHERE}"}
"#,
            &[
                "8:42: warning: spec.params.direct.token: the environment variable `NOT_SET_ANYWHERE` is not set; it must be there where the adapter runs",
                "8:42: warning: spec.params.direct.token: the server reads only variables that begin with `SECRET_`, unless it is told otherwise; write `${env:SECRET_NOT_SET_ANYWHERE}`, or serve with `--secret-env-prefix`",
            ],
        ),
        (
            r#"apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: a, namespace: istio-system}
spec:
  adapter: wavefront
  connection: {address: "w:8000"}
  params:
    direct: {server: "https://w", token: "${file:/etc/token}"}
"#,
            &[
                "8:42: warning: spec.params.direct.token: can't be read from the file `/etc/token`: No such file or directory (os error 2); it must be there where the adapter runs",
                "8:42: warning: spec.params.direct.token: the server reads secrets only from files in `/var/run/secrets/adapter` and `/run/secrets/adapter`, unless it is told otherwise; move the file, or serve with `--secret-folders`",
            ],
        ),
    ]);
}

#[test]
fn handlers_of_other_programs_that_are_broken() {
    assert_said(&[
        (
            r#"apiVersion: config.istio.io/v1alpha2
kind: adapter
metadata: {name: other, namespace: istio-system}
spec:
  description: a
  templates: [metric]
  config: CskBCgdjLnByb3RvEgF4IrIBCgZQYXJhbXMSEQoJZmlsZV9wYXRoGAEgASgJEhsKBHN1YnMYAiADKAsyDS54LlBhcmFtcy5TdWISHgoFbGV2ZWwYAyABKA4yDy54LlBhcmFtcy5MZXZlbBInCgR3YWl0GAQgASgLMhkuZ29vZ2xlLnByb3RvYnVmLkR1cmF0aW9uGhMKA1N1YhIMCgRzaXplGAEgASgFIhoKBUxldmVsEgcKA09GRhAAEggKBEhJR0gQAWIGcHJvdG8z
---
apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: a, namespace: istio-system}
spec:
  adapter: other
  connection: {address: "o:1"}
  params:
    filePath: out.txt
    subs: [{size: 5}]
    level: HIGH
    wait: 5s
"#,
            &[],
        ),
        (
            r#"apiVersion: config.istio.io/v1alpha2
kind: adapter
metadata: {name: other, namespace: istio-system}
spec:
  description: a
  templates: [metric]
  config: CskBCgdjLnByb3RvEgF4IrIBCgZQYXJhbXMSEQoJZmlsZV9wYXRoGAEgASgJEhsKBHN1YnMYAiADKAsyDS54LlBhcmFtcy5TdWISHgoFbGV2ZWwYAyABKA4yDy54LlBhcmFtcy5MZXZlbBInCgR3YWl0GAQgASgLMhkuZ29vZ2xlLnByb3RvYnVmLkR1cmF0aW9uGhMKA1N1YhIMCgRzaXplGAEgASgFIhoKBUxldmVsEgcKA09GRhAAEggKBEhJR0gQAWIGcHJvdG8z
---
apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: a, namespace: istio-system}
spec:
  adapter: other
  connection: {address: "o:1"}
  params:
    file_pth: out.txt
    subs: [{size: big}, 5]
    level: 1
    wait: 5
"#,
            &[
                "16:5: error: spec.params: unknown key `file_pth`; did you mean `file_path`?",
                "17:19: error: spec.params.subs[0].size: expected a whole number, got a text",
                "17:25: error: spec.params.subs[1]: expected a mapping, got an integer",
                "18:12: error: spec.params.level: expected one of `OFF` and `HIGH`, got an integer",
                "19:11: error: spec.params.wait: expected a duration, such as `1m30s`, got an integer",
            ],
        ),
        (
            r#"apiVersion: config.istio.io/v1alpha2
kind: adapter
metadata: {name: other, namespace: istio-system}
spec:
  description: a
  templates: [metric]
  config: CskBCgdjLnByb3RvEgF4IrIBCgZQYXJhbXMSEQoJZmlsZV9wYXRoGAEgASgJEhsKBHN1YnMYAiADKAsyDS54LlBhcmFtcy5TdWISHgoFbGV2ZWwYAyABKA4yDy54LlBhcmFtcy5MZXZlbBInCgR3YWl0GAQgASgLMhkuZ29vZ2xlLnByb3RvYnVmLkR1cmF0aW9uGhMKA1N1YhIMCgRzaXplGAEgASgFIhoKBUxldmVsEgcKA09GRhAAEggKBEhJR0gQAWIGcHJvdG8z
---
apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: a, namespace: istio-system}
spec:
  adapter: other
  connection: {address: "o:1"}
  params: {subs: {size: 5}}
"#,
            &["15:18: error: spec.params.subs: expected a list, got a mapping"],
        ),
    ]);
}

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

#[test]
fn rules_that_are_broken() {
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
  template: metric
  params: {value: "1"}
---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: r, namespace: istio-system}
spec:
  match: "true"
"#,
            &[
                "20:3: error: spec: the rule does nothing; add `actions:` with a `handler` and its `instances`",
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
  template: metric
  params: {value: "1"}
---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: r, namespace: istio-system}
spec:
  match: true
  actions: [{handler: h, instances: [i]}]
"#,
            &["20:10: error: spec.match: expected an expression, got a boolean; write `\"true\"`"],
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
  template: metric
  params: {value: "1"}
---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: r, namespace: istio-system}
spec:
  match: source.name == "a" &
  actions: [{handler: h, instances: [i]}]
"#,
            &["20:29: error: spec.match: there is no operator `&`; write `&&` for \"and\""],
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
  template: metric
  params: {value: "1"}
---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: r, namespace: istio-system}
spec:
  actions:
  - handler: g
    instances: [i]
"#,
            &["21:14: error: spec.actions[0].handler: there is no handler `g`; did you mean `h`?"],
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
  template: metric
  params: {value: "1"}
---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: r, namespace: istio-system}
spec:
  actions:
  - handler: h.elsewhere
    instances: [i]
"#,
            &[
                "21:14: error: spec.actions[0].handler: there is no handler `h.elsewhere`; write `h`: it is in the same namespace",
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
  template: metric
  params: {value: "1"}
---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: r, namespace: istio-system}
spec:
  actions:
  - handler: handler.h
    instances: [i]
"#,
            &[
                "21:14: error: spec.actions[0].handler: there is no handler `handler.h`; the only handler is `h`",
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
  template: metric
  params: {value: "1"}
---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: r, namespace: istio-system}
spec:
  actions:
  - handler: h
    instances: [j, i, i]
"#,
            &[
                "22:17: error: spec.actions[0].instances[0]: there is no instance `j`; did you mean `i`?",
                "22:23: error: spec.actions[0].instances[2]: the instance `i` is there twice; remove one of them: Mixer leaves it out",
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
  template: metric
  params: {value: "1"}
---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: r, namespace: istio-system}
spec:
  actions:
  - handler: h
    instances: []
"#,
            &[
                "22:16: error: spec.actions[0].instances: the handler gets no instances; write the names of instances",
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
  template: metric
  params: {value: "1"}
---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: r, namespace: istio-system}
spec:
  actions:
  - handler: h
"#,
            &["21:5: error: spec.actions[0]: the handler gets no instances; add `instances: […]`"],
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
  template: metric
  params: {value: "1"}
---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: r, namespace: istio-system}
spec:
  actions:
  - instances: [i]
"#,
            &["21:5: error: spec.actions[0]: the action has no handler; add `handler: …`"],
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
  template: metric
  params: {value: "1"}
---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: r, namespace: istio-system}
spec:
  actions:
    handler: h
    instances: [i]
"#,
            &[
                "21:5: error: spec.actions: expected a list, got a mapping; write `- ` before each item",
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
  template: metric
  params: {value: "1"}
---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: r, namespace: istio-system}
spec:
  actions:
  - handler: h
    instances: i
"#,
            &[
                "22:16: error: spec.actions[0].instances: expected a list, got the text `i`; write `- ` before each item",
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
  template: metric
  params: {value: "1"}
---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: r, namespace: istio-system}
spec:
  action:
  - handler: h
    instances: [i]
"#,
            &["20:3: error: spec: unknown key `action`; did you mean `actions`?"],
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
  template: metric
  params: {value: "1"}
---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: r, namespace: istio-system}
spec:
  actions: [{handler: h, instances: [i]}]
  sampling: {}
"#,
            &["21:3: warning: spec: Mixer reads `sampling`, and does nothing with it; remove it"],
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
  template: metric
  params: {value: "1"}
---
apiVersion: config.istio.io/v1alpha2
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
                "22:12: error: spec.requestHeaderOperations[0].name: `x y` can't be a header; write letters, digits and `-`",
                "23:6: error: spec.requestHeaderOperations[1]: the header gets no value; add `values: […]`, expressions of the type STRING",
                "23:26: error: spec.requestHeaderOperations[1].operation: there is no operation `DELETE`; the operations are `APPEND`, `REMOVE` and `REPLACE`",
                "24:6: error: spec.requestHeaderOperations[2]: the operation is for no header; add `name: x-my-header`",
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
