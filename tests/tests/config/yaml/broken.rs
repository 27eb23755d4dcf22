//! What is wrong with a handler's `params`: where, and what to write instead.

use adapter_runtime::AdapterConfig;
use adapter_runtime::document::Problems;
use tests::configs::apigee::Apigee;
use tests::configs::threescale;
use tests::configs::wavefront::Wavefront;

use super::{assert_problems, document, handler, read};

#[test]
fn wavefront_is_broken() {
    let cases: &[(&str, &[&str])] = &[
        (
            "source: a",
            &["3:5: error: credentials: is required: write one of `direct`, `proxy`"],
        ),
        (
            "proxy: {address: a:1}\nflush_interval: 10",
            &[
                "4:21: error: flush_interval: expected a duration, got the integer `10`; write \
                 the unit: `10s` for seconds",
            ],
        ),
        (
            "proxy: {address: a:1}\nflush_interval: 10x",
            &[
                "4:21: error: flush_interval: `10x` is no duration: the units are `ns`, `us`, \
                 `ms`, `s`, `m` and `h`, one after each number; write e.g. `10m`, `1.5s` or \
                 `1h30m`",
            ],
        ),
        (
            "proxy: {address: a:1}\nflush_interval: -5s",
            &[
                "4:21: error: flush_interval: a duration must not be negative, got -5s; write \
                 `0s` or more",
            ],
        ),
        (
            "proxy: {address: a:1}\nflush_interval: 0s",
            &["4:21: error: flush_interval: must be positive, got 0s"],
        ),
        (
            "proxy: {address: a:1}\nflushInterval: 5s\nflush_interval: 6s",
            &[
                "5:5: error: flush_interval: `flush_interval` is the same field as \
                 `flushInterval` (the first one: line 4); remove one of them",
            ],
        ),
        (
            "proxy: {address: wavefront-proxy}",
            &[
                "3:22: error: proxy.address: must be a host and a port such as \
                 `example.com:443`, got `wavefront-proxy`: the port is missing",
            ],
        ),
        (
            "proxy: {adress: a:1}",
            &["3:13: error: proxy: unknown key `adress`; did you mean `address`?"],
        ),
        (
            "proxy: a:1",
            &[
                "3:12: error: proxy: expected a mapping, got the text `a:1`; write `key: \
                 value` lines",
            ],
        ),
        (
            "proxy:\n- address: a:1",
            &["4:7: error: proxy: expected a mapping, got a list; write `key: value` lines"],
        ),
        (
            "proxy: {address: a:1}\ndirect: {server: 'https://a', token: t}",
            &[
                "4:5: error: direct: only one of `proxy` and `direct` can be written (the \
                 first one: line 3); remove one of them",
            ],
        ),
        (
            "direct:\n  server: example.com\n  token:",
            &[
                "4:15: error: direct.server: must be a URL such as `https://example.com/path`, \
                 got `example.com`: the scheme is missing",
                "5:13: error: direct.token: is required",
            ],
        ),
        (
            "direct:\n  token: 12345\n  server: https://a.example",
            &["4:14: error: direct.token: expected a text, got an integer; put it in quotes"],
        ),
        (
            "credentials:\n  direct: {}",
            &[
                "3:5: error: `credentials` is not written itself; write one of `direct`, \
                 `proxy` in its place",
            ],
        ),
        (
            "proxy: {address: a:1}\nsource: n",
            &[
                "4:13: error: source: expected a text, got the boolean `false`: that is how \
                 Mixer, which reads YAML 1.1, takes an unquoted `n`; write `\"n\"`",
            ],
        ),
        (
            "proxy: {address: a:1}\nprefix: 5",
            &["4:13: error: prefix: expected a text, got the integer `5`; write `\"5\"`"],
        ),
        (
            "proxy: {address: a:1}\nlogs: info",
            &[
                "4:11: error: logs: expected a mapping, got the text `info`; write `key: \
                 value` lines",
            ],
        ),
        (
            "proxy: {address: a:1}\nmetrics:\n  name: a",
            &[
                "5:7: error: metrics: expected a list, got a mapping; write `- ` before each \
                 item",
            ],
        ),
        (
            "proxy: {address: a:1}\nmetrics:\n- name: a\n- instance_name: b\n  type: GUAGE",
            &[
                "5:7: error: metrics[0].instance_name: is required; add `instance_name: …`",
                "7:13: error: metrics[1].type: `GUAGE` is no value of `MetricType`; did you \
                 mean `GAUGE`?",
            ],
        ),
        (
            "proxy: {address: a:1}\nmetrics:\n- instance_name: b\n  type: gauge",
            &[
                "6:13: error: metrics[0].type: `gauge` is no value of `MetricType`; did you \
                 mean `GAUGE`?",
            ],
        ),
        (
            "proxy: {address: a:1}\nmetrics:\n- instance_name: b\n  type: 1",
            &[
                "6:13: error: metrics[0].type: expected a name, got the integer `1`; write \
                 `GAUGE`",
            ],
        ),
        (
            "proxy: {address: a:1}\nmetrics:\n- instance_name: b\n  type: SUM",
            &[
                "6:13: error: metrics[0].type: `SUM` is no value of `MetricType`; the values \
                 are `UNKNOWN`, `GAUGE`, `COUNTER`, `DELTA_COUNTER` and `HISTOGRAM`",
            ],
        ),
        (
            "proxy: {address: a:1}\nmetrics:\n-\n- instance_name: b\n- b",
            &[
                "5:6: error: metrics[0]: expected a mapping, got nothing; write `{}` for an \
                 empty one",
                "7:7: error: metrics[2]: expected a mapping, got the text `b`; write `key: \
                 value` lines",
            ],
        ),
        (
            "proxy: {address: a:1}\nmetrics:\n- instance_name: a\n  sample:\n    uniform:\n      reservoir_size: -1\n- instance_name: b\n  sample:\n    exp_decay: {reservoir_size: 5000000000, alpha: fast}",
            &[
                "8:27: error: metrics[0].sample.uniform.reservoir_size: must be positive, got \
                 -1",
                "11:37: error: metrics[1].sample.exp_decay.reservoir_size: `5000000000` is out \
                 of range; write one from -2147483648 to 2147483647",
                "11:56: error: metrics[1].sample.exp_decay.alpha: expected a number, got the \
                 text `fast`; write a number",
            ],
        ),
        (
            "proxy: {address: a:1}\nmetrics:\n- instance_name: a\n  name: c\n- instance_name: b\n  type: HISTOGRAM\n- name: c\n  instance_name: a",
            &[
                "7:7: error: metrics[1].sample: is required for a HISTOGRAM",
                "9:13: error: metrics[2].name: `c` is already metrics[0]",
                "10:22: error: metrics[2].instance_name: `a` is already metrics[0]",
            ],
        ),
        (
            "proxy: {address: a:1}\nmetrics:\n- instance_name: b\n  sample: {}",
            &[
                "6:15: error: metrics[0].sample.definition: is required: write one of \
                 `exp_decay`, `uniform`",
            ],
        ),
        (
            "- proxy: {address: a:1}",
            &["3:5: error: expected a mapping, got a list; write `key: value` lines"],
        ),
    ];
    assert_problems(cases, |params| {
        read::<Wavefront>(&handler(params)).expect_err(params)
    });
}

const APIGEE: &str =
    "customer_base: https://a.example\norg_name: o\nenv_name: e\nkey: k\nsecret: s\n";

#[test]
fn apigee_is_broken() {
    let cases: &[(&str, &[&str])] = &[
        (
            "",
            &["3:5: error: apigee_base: is required without `hybrid_config`"],
        ),
        (
            "apigee_base: istioservices.apigee.net",
            &[
                "8:18: error: apigee_base: must be a URL such as `https://example.com/path`, \
                 got `istioservices.apigee.net`: the scheme is missing",
            ],
        ),
        (
            "apigeeBase: https://a.example\nclient_timeout: 500ms\nproducts: {refresh_rate: 30s}",
            &[
                "9:21: error: client_timeout: must be at least 1s, got 500ms",
                "10:30: error: products.refresh_rate: must be at least 1m0s, got 30s",
            ],
        ),
        (
            "hybrid_config: on\nallowUnverifiedSSLCert: 'true'",
            &[
                "8:20: error: hybrid_config: expected a text, got the boolean `true`: that is \
                 how Mixer, which reads YAML 1.1, takes an unquoted `on`; write `\"on\"`",
                "9:29: error: allowUnverifiedSSLCert: expected a boolean, got the text `true`; \
                 write `true` without quotes",
            ],
        ),
        (
            "hybrid_config: h\nallowUnverifiedSSLCert: maybe",
            &[
                "9:29: error: allowUnverifiedSSLCert: expected a boolean, got the text \
                 `maybe`; write `true` or `false`",
            ],
        ),
        (
            "hybrid_config: h\nallow_unverified_ssl_cert: true",
            &[
                "9:5: error: unknown key `allow_unverified_ssl_cert`; did you mean \
                 `allowUnverifiedSSLCert`?",
            ],
        ),
        (
            "hybrid_config: h\nanalytics:\n  file_limit: '1024'\n  send_channel_size: 1.5\n  collection_interval: 0s",
            &[
                "10:19: error: analytics.file_limit: expected an integer, got the text `1024`; \
                 write `1024` without quotes",
                "11:26: error: analytics.send_channel_size: expected an integer, got the \
                 number `1.5`; write a number without fraction",
                "12:28: error: analytics.collection_interval: must be positive, got 0s",
            ],
        ),
        (
            "hybrid_config: h\ntemp_dir: ''",
            &["9:15: error: temp_dir: must not be empty"],
        ),
        (
            "hybrid_config: h\nanalytics: {file_limit: 0, legacy: true}",
            &[
                "9:29: error: analytics.file_limit: must be at least 1, got 0",
                "9:32: error: analytics: unknown key `legacy`; the keys are \
                 `legacy_endpoint`, `file_limit`, `send_channel_size` and `collection_interval`",
            ],
        ),
        (
            "apigee_base: https://a.example\nanalytics: {collectionInterval: 1m}",
            &[
                "9:37: error: analytics.collection_interval: must be at least 2m without \
                 `hybrid_config`",
            ],
        ),
        (
            "hybrid_config: h\nauth:\n  api_key_cache_duration: [30m]",
            &[
                "10:31: error: auth.api_key_cache_duration: expected a duration, got a list; \
                 write e.g. `10m`, `1.5s` or `1h30m`",
            ],
        ),
    ];
    assert_problems(cases, |params| {
        read::<Apigee>(&handler(&format!("{APIGEE}{params}"))).expect_err(params)
    });
    let none: &[(&str, &[&str])] = &[
        (
            "{}",
            &[
                "3:5: error: customer_base: is required; add `customer_base: …`",
                "3:5: error: org_name: is required; add `org_name: …`",
                "3:5: error: env_name: is required; add `env_name: …`",
                "3:5: error: key: is required; add `key: …`",
                "3:5: error: secret: is required; add `secret: …`",
                "3:5: error: apigee_base: is required without `hybrid_config`",
            ],
        ),
        (
            "~",
            &[
                "3:5: error: customer_base: is required; add `customer_base: …`",
                "3:5: error: org_name: is required; add `org_name: …`",
                "3:5: error: env_name: is required; add `env_name: …`",
                "3:5: error: key: is required; add `key: …`",
                "3:5: error: secret: is required; add `secret: …`",
                "3:5: error: apigee_base: is required without `hybrid_config`",
            ],
        ),
        (
            "text",
            &["3:5: error: expected a mapping, got a text; write `key: value` lines"],
        ),
    ];
    assert_problems(none, |params| {
        read::<Apigee>(&handler(params)).expect_err(params)
    });
}

#[test]
fn threescale_is_broken() {
    let cases: &[(&str, &[&str])] = &[
        (
            "service_id: 2555417834789\nsystem_url: https://a.example\naccess_token: t",
            &[
                "3:17: error: service_id: expected a text, got the integer `2555417834789`; \
                 write `\"2555417834789\"`",
            ],
        ),
        (
            "system_url: //a.example\naccess_token: ''",
            &[
                "3:17: error: system_url: must be a URL such as `https://example.com/path`, \
                 got `//a.example`: the scheme is missing",
                "4:19: error: access_token: is required",
            ],
        ),
        (
            "system_url:\naccess_token: t\nbackend_url: ''",
            &[
                "3:16: error: system_url: is required",
                "5:18: error: backend_url: must be a URL such as `https://example.com/path`, \
                 got ``: the scheme is missing",
            ],
        ),
        (
            "system_urls: https://a.example\naccess_token: t",
            &["3:5: error: unknown key `system_urls`; did you mean `system_url`?"],
        ),
        (
            "access_token: ${file:token}\nsystem_url: https://a.example",
            &[
                "3:19: error: access_token: begins with `${` but is no reference: write \
                 `${file:/path}`, `${env:NAME}`, or `$${` where the secret itself begins with \
                 `${`",
            ],
        ),
        (
            "<<: {access_token: t}\nsystem_url: https://a.example\nport: 80",
            &[
                "5:5: error: unknown key `port`; the keys are `service_id`, `system_url`, \
                 `access_token` and `backend_url`",
            ],
        ),
    ];
    assert_problems(cases, |params| {
        let mut problems = Problems::new();
        let handler = document(&handler(params));
        let params = handler.nearest("spec.params");
        assert!(threescale::Params::from_document(params, &mut problems).is_none());
        problems
    });
}

#[test]
fn problems_are_rendered_at_their_places() {
    let text = handler(
        "direct:
  server: example.com
  token: hunter2
proxi: {address: a:1}
metrics:
- instance_name: a
  type: HISTOGRM
- instanceName: b
  instance_name: c
  sample:
    exp_decay: {reservoir_size: -1, alpha: 0.5}
source: on",
    );
    let problems = read::<Wavefront>(&text).expect_err("it is broken");
    assert_eq!(problems.to_string(), "\
error: must be a URL such as `https://example.com/path`, got `example.com`: the scheme is missing
 --> handler.yaml:4:15
  |
4 |       server: example.com
  |               ^^^^^^^^^^^ direct.server

error: unknown key `proxi`
 --> handler.yaml:6:5
  |
6 |     proxi
  |     ^^^^^
  |
  = help: did you mean `proxy`?

error: `HISTOGRM` is no value of `MetricType`
 --> handler.yaml:9:13
  |
9 |       type: HISTOGRM
  |             ^^^^^^^^ metrics[0].type
  |
  = help: did you mean `HISTOGRAM`?

error: `instance_name` is the same field as `instanceName`
  --> handler.yaml:11:7
   |
11 |       instance_name
   |       ^^^^^^^^^^^^^ metrics[1].instance_name
   |
  ::: handler.yaml:10:7
   |
10 |     - instanceName
   |       ------------ the first one
   |
   = help: remove one of them

error: must be positive, got -1
  --> handler.yaml:13:37
   |
13 |         exp_decay: {reservoir_size: -1, alpha: 0.5}
   |                                     ^^ metrics[1].sample.exp_decay.reservoir_size

error: expected a text, got the boolean `true`: that is how Mixer, which reads YAML 1.1, takes an unquoted `on`
  --> handler.yaml:14:13
   |
14 |     source: on
   |             ^^ source
   |
   = help: write `\"on\"`
");
}
