use std::sync::Arc;
use std::time::Duration;

use adapter_runtime::prelude::*;
use adapter_runtime::template::listentry;
use adapter_runtime::{HandlerError, Harness, import};
use adapters::list::{List, Params};
use serde_json::json;
use tests::programs::project;

use crate::support::{Operator, Remote, problems};
use crate::web::{Answer, Web};

#[test]
fn its_configuration_is_istios() {
    let proto = project().join("adapters/proto/list.proto");
    import::assert_same::<Params>("adapter.list.config", proto);
    let params = Params::defaults();
    assert_eq!(params.refresh_interval, Duration::from_secs(60));
    assert_eq!(params.ttl, Duration::from_secs(300));
    assert_eq!(params.caching_interval, Duration::from_secs(300));
    assert_eq!(params.caching_use_count, 10_000);
}

#[test]
fn what_makes_no_sense_is_an_error() {
    let url = |rest: &str| problems::<List>(&format!("provider_url: {rest}"));
    assert_eq!(
        url("http://lists/a\nrefreshInterval: 500ms\nttl: 100ms\ncachingUseCount: -1"),
        [
            "params.yaml:2:18: error: refresh_interval: must be at least 1s, got 500ms",
            "params.yaml:3:6: error: ttl: must be at least `refresh_interval`, 500ms, got 100ms",
            "params.yaml:4:18: error: caching_use_count: must be at least 0, got -1",
        ]
    );
    assert!(url("/a")[0].contains("provider_url: "), "{:?}", url("/a"));
    assert_eq!(
        url("ftp://lists/a"),
        [
            "params.yaml:1:15: error: provider_url: a list is fetched by HTTP: write `http://…` or \
             `https://…`"
        ]
    );
    // Without a server its times are of no meaning.
    assert!(problems::<List>("{refreshInterval: 0s, ttl: 0s}").is_empty());
    let overrides = |rest: &str| problems::<List>(&format!("overrides: {rest}"));
    assert!(overrides("['X', '[(']").is_empty());
    assert_eq!(
        overrides("['1.2.3.4', 'X', '1.2.3.0/24', '1.2.3.4/x']\nentryType: IP_ADDRESSES"),
        [
            "params.yaml:1:24: error: overrides[1]: `X` is no IP address",
            "params.yaml:1:43: error: overrides[3]: `1.2.3.4/x` is no network: write the number of \
             its leading bits, 0 to 32, behind the `/`",
        ]
    );
    assert_eq!(
        overrides("['a+', '([']\nentryType: REGEX"),
        [
            "params.yaml:1:19: error: overrides[1]: `([` is no regular expression: unclosed \
             character class"
        ]
    );
}

/// A handler, with the text of its verdicts.
struct Asked(Harness<List>);

impl Asked {
    async fn with(params: &str) -> Asked {
        let list = Harness::from_yaml(params).expect("params");
        Asked(list.build().await.expect("a handler"))
    }

    /// With a list from a server, asked for each second.
    async fn of(web: &Web, params: &str) -> Asked {
        let url = web.url();
        Asked::with(&format!(
            "providerUrl: {url}\nrefreshInterval: 1s\n{params}"
        ))
        .await
    }

    async fn ask(&self, value: impl Into<Value>) -> Result<CheckResult, HandlerError> {
        let instance = listentry::Instance {
            value: value.into(),
            ..Default::default()
        };
        self.0.call::<listentry::Template>(instance).await
    }

    async fn allows(&self, value: impl Into<Value>) -> bool {
        self.ask(value).await.expect("a verdict").code() == Code::Ok
    }

    /// Waits until a value is allowed.
    async fn until_it_allows(&self, value: &str) {
        loop {
            if self.ask(value).await.is_ok_and(|it| it.code() == Code::Ok) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// What a metric of the adapter says.
    fn metric(&self, name: &str) -> i64 {
        let name = format!("mixer_adapter_listchecker__{name}{{");
        let metrics = self.0.metrics().encode();
        let line = metrics.lines().find(|line| line.starts_with(&name));
        let number = line.and_then(|line| line.rsplit_once(' '));
        number.map_or(0, |(_, number)| number.parse().expect("a number"))
    }

    /// Waits until another attempt to fetch the list has failed.
    async fn until_an_attempt_fails(&self) {
        let failed = self.metric("not_fetched_total");
        while self.metric("not_fetched_total") == failed {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

#[tokio::test]
async fn a_verdict_is_that_of_mixers_own() {
    let white = Asked::with("overrides: [src1, src2]\nblacklist: false").await;
    let verdict = async |list: &Asked, value| list.ask(value).await.expect("a verdict").to_string();
    let cached = "duration:300000000000, usecount:10000";
    let allowed = format!("CheckResult: status:OK, {cached}");
    let denied = |why: &str| format!("CheckResult: status:PERMISSION_DENIED ({why}), {cached}");
    assert_eq!(verdict(&white, Value::from("src1")).await, allowed);
    let nothing = denied(" is not whitelisted");
    assert_eq!(verdict(&white, Value::from("")).await, nothing);
    let black = Asked::with("overrides: [src1, src2]\nblacklist: true").await;
    let src1 = denied("src1 is blacklisted");
    assert_eq!(verdict(&black, Value::from("src1")).await, src1);
    assert_eq!(verdict(&black, Value::from("")).await, allowed);
    let addresses = Asked::with("{overrides: [10.57.0.0/16], entryType: IP_ADDRESSES}").await;
    let address = |bytes: [u8; 4]| Value::from(std::net::IpAddr::from(bytes));
    let other = denied("10.56.0.1 is not whitelisted");
    for value in [address([10, 56, 0, 1]), Value::from("10.56.0.1")] {
        assert_eq!(verdict(&addresses, value).await, other);
    }
    for value in [address([10, 57, 0, 1]), Value::from("10.57.0.1")] {
        assert_eq!(verdict(&addresses, value).await, allowed);
    }
    assert_eq!(
        verdict(&addresses, Value::from("XYZ")).await,
        format!("CheckResult: status:INVALID_ARGUMENT (XYZ is not a valid IP address), {cached}")
    );
    let never = Asked::with("{cachingInterval: 0s, cachingUseCount: 0}").await;
    let verdict = verdict(&never, Value::from("")).await;
    assert!(verdict.ends_with("duration:0, usecount:-1"), "{verdict}");
}

#[tokio::test]
async fn entries_are_what_their_type_says() {
    for (params, inside, outside) in [
        (
            "overrides: [OVERRIDE]",
            &["OVERRIDE"][..],
            &["override", "ABC"][..],
        ),
        (
            "{overrides: [Override], entryType: CASE_INSENSITIVE_STRINGS}",
            &["OVERRIDE", "override"],
            &["over"],
        ),
        (
            "{overrides: ['a*b', '^x'], entry_type: REGEX}",
            &["abc", "b", "xy"],
            &["B", "yx"],
        ),
        (
            "{overrides: ['2001:db8::1', '']}",
            &["2001:db8::1"],
            &["2001:DB8::1", ""],
        ),
        (
            "{overrides: ['2001:db8::1'], entryType: IP_ADDRESSES}",
            &["2001:DB8::1"],
            &["2001:db8::2"],
        ),
    ] {
        let list = Asked::with(params).await;
        for value in inside {
            assert!(list.allows(*value).await, "{params} {value}");
        }
        for value in outside {
            assert!(!list.allows(*value).await, "{params} {value}");
        }
    }
}

#[tokio::test]
async fn a_slow_server_holds_up_no_request() {
    let web = Web::start(Answer::Silence).await;
    let list = Asked::of(&web, "overrides: [always]").await;
    // It has not answered yet.
    let error = list.ask("a").await.expect_err("there is no list");
    assert_eq!(
        error.to_string(),
        "UNAVAILABLE: there is no list in force, it is being fetched"
    );
    assert!(list.allows("always").await);
    web.answer(Answer::File("a\n".into()));
    list.until_it_allows("a").await;
    web.answer(Answer::Silence);
    web.is_asked().await;
    assert!(list.allows("a").await && list.allows("always").await);
    assert!(!list.allows("b").await);
    web.answer(Answer::File("b\n".into()));
    list.until_it_allows("b").await;
    assert!(!list.allows("a").await);
    list.0.close().await;
}

#[tokio::test]
async fn a_server_that_is_away_at_first_is_waited_for() {
    let mut web = Web::start(Answer::File("a\n".into())).await;
    web.go_down().await;
    let list = Asked::of(&web, "overrides: [always]").await;
    assert!(list.allows("always").await);
    list.until_an_attempt_fails().await;
    let error = list.ask("a").await.expect_err("there is no list");
    let (message, address) = (error.message(), web.address);
    let reason = format!("`{address}/list.txt`: can't connect to {address}: Connection refused");
    assert!(message.contains(&reason), "{message}");
    web.come_up().await;
    list.until_it_allows("a").await;
}

#[tokio::test]
async fn whatever_goes_wrong_the_list_in_force_stays() {
    let mut web = Web::start(Answer::File("a\nc\n".into())).await;
    let list = Asked::of(&web, "ttl: 1h").await;
    assert!(list.allows("a").await, "the build waits for a quick server");
    let file = |head: &str, body: &[u8]| {
        let head = format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n");
        Answer::Bytes([head.as_bytes(), body].concat())
    };
    let page = "<!DOCTYPE html>\n<html><body>Please log in</body></html>";
    for (answer, reason) in [
        (
            Answer::head("503 Service Unavailable\ncontent-length: 0"),
            "it answers 503",
        ),
        (Answer::File(page.into()), "it is a web page"),
        (file("content-length: 2", &[0xff, 0xfe]), "it is not UTF-8"),
        (file("content-length: 100", b"b\n"), "end of file"),
        (
            file("transfer-encoding: chunked", b"2\r\nb\n\r\n"),
            "unexpected EOF",
        ),
        (file("connection: close", b"b\n"), "it doesn't say how long"),
        (
            file("content-length: 40000000", b"b\n"),
            "more than 33554432 bytes",
        ),
        (
            Answer::Bytes(b"SSH-2.0-OpenSSH_9.9\r\n".to_vec()),
            "invalid HTTP",
        ),
        (Answer::Bytes(Vec::new()), "connection closed"),
        (
            Answer::head("302 Found\nlocation: ftp://x/"),
            "redirects to `ftp://x/`",
        ),
        (
            Answer::head("302 Found\nlocation: /b\ncontent-length: 0"),
            "more than 10 times",
        ),
    ] {
        web.answer(answer);
        list.until_an_attempt_fails().await;
        assert!(list.allows("a").await, "{reason}");
        assert!(!list.allows("b").await, "{reason}");
        let log = list.0.log();
        let mut warnings = log.lines().filter(|line| line.contains("WARN"));
        let last = warnings.next_back().expect("a warning");
        let place = format!("can't fetch the list from `{}/list.txt`: ", web.address);
        assert!(last.contains(&place) && last.contains(reason), "{last}");
    }
    web.go_down().await;
    list.until_an_attempt_fails().await;
    assert!(list.allows("a").await && !list.allows("b").await);
    web.answer(Answer::File("b\nc\n".into()));
    web.come_up().await;
    list.until_it_allows("b").await;
    assert!(!list.allows("a").await && list.allows("c").await);
    list.0.close().await;
}

#[tokio::test]
async fn a_list_that_is_too_old_is_dropped() {
    let web = Web::start(Answer::File("a\n".into())).await;
    let list = Asked::of(&web, "ttl: 1s\noverrides: [always]").await;
    list.until_it_allows("a").await;
    web.answer(Answer::head("500 Internal Server Error\ncontent-length: 0"));
    let error = loop {
        match list.ask("a").await {
            Ok(verdict) => assert_eq!(verdict.code(), Code::Ok),
            Err(error) => break error,
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    assert_eq!(error.code(), Code::Unavailable);
    assert!(list.allows("always").await);
    list.until_an_attempt_fails().await;
    let error = list.ask("a").await.expect_err("there is no list");
    let reason = format!(
        "can't fetch the list from `{}/list.txt`: it answers 500 Internal Server Error",
        web.address
    );
    assert_eq!(error.message(), reason);
    web.answer(Answer::File("b\n".into()));
    list.until_it_allows("b").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_list_is_in_force_as_a_whole() {
    let lines = |name: &str| {
        let mut text = String::from("first\n");
        for n in 0..900_000 {
            text += &format!("{name}{n:08}\n");
        }
        text + "last\n"
    };
    let (one, two) = (lines("one"), lines("two"));
    assert!(one.len() > 10_000_000);
    let web = Web::start(Answer::File(one.clone())).await;
    let list = Arc::new(Asked::of(&web, "ttl: 1h").await);
    list.until_it_allows("one00000000").await;
    assert!(list.allows("one00899999").await && !list.allows("one00900000").await);
    assert_eq!(list.metric("entries"), 900_002);
    // Requests go on while another comes, and always see one of the two.
    let watch = list.clone();
    let watch = tokio::spawn(async move {
        while !watch.allows("end").await {
            assert!(watch.allows("first").await && watch.allows("last").await);
            tokio::task::yield_now().await;
        }
    });
    for (text, name) in [(&two, "two"), (&one, "one")] {
        web.answer(Answer::File(text.clone()));
        list.until_it_allows(&format!("{name}00450000")).await;
        assert!(list.allows(format!("{name}00899999")).await);
    }
    web.answer(Answer::File("end\nfirst\nlast\n".into()));
    watch.await.expect("there is a whole list at any time");
}

#[tokio::test]
async fn a_list_with_a_tag_is_sent_once() {
    let web = Web::start(Answer::Tagged("a\n".into(), "\"1\"")).await;
    let list = Asked::of(&web, "ttl: 1s").await;
    for _ in 0..2 {
        web.is_asked().await;
    }
    web.answer(Answer::Tagged("b\n".into(), "\"2\""));
    list.until_it_allows("b").await;
    let requests = web.requests();
    assert!(!requests[0].contains("if-none-match"), "{requests:?}");
    for later in &requests[1..3] {
        assert!(later.contains("if-none-match: \"1\"\r\n"), "{later}");
    }
    assert!(list.metric("fetched_total") >= 3);
    assert_eq!(list.metric("not_fetched_total"), 0);
}

#[tokio::test]
async fn a_redirect_is_followed() {
    let there = Web::start(Answer::File("a\n".into())).await;
    let location = format!("302 Found\nlocation: {}", there.url());
    let here = Web::start(Answer::head(&location)).await;
    let list = Asked::of(&here, "").await;
    list.until_it_allows("a").await;
    let request = &there.requests()[0];
    assert!(
        request.starts_with("GET /list.txt HTTP/1.1\r\n"),
        "{request}"
    );
    let host = format!("host: {}\r\n", there.address);
    assert!(request.contains(&host), "{request}");
}

#[tokio::test]
async fn it_checks_over_grpc() {
    let config = Operator::of("list").config::<List>();
    let list = Remote::serve::<List>(&config).await;
    let ask = async |bytes: &str| {
        let value = json!({"ipAddressValue": {"value": bytes}});
        let request = json!({"instance": {"name": "sourceip.instance.ns", "value": value}});
        let verdict = list.call::<listentry::Template>(request).await;
        verdict.expect("a verdict")
    };
    let allowed = json!({
        "status": {},
        "validDuration": "300s",
        "validUseCount": 10_000,
    });
    // 10.57.0.1 in four bytes and in sixteen, then 10.56.0.1.
    assert_eq!(ask("CjkAAQ==").await, allowed);
    assert_eq!(ask("AAAAAAAAAAAAAP//CjkAAQ==").await, allowed);
    let denied = ask("CjgAAQ==").await;
    assert_eq!(denied["status"]["code"], 7);
    assert_eq!(denied["status"]["message"], "10.56.0.1 is not whitelisted");
    list.stop().await;
}
