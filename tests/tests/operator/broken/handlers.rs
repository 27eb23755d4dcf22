//! Handlers, of adapters that are linked and of others.

use super::assert_said;

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
