//! A handler and a peer that answers anything: what is sent, and what each answer comes to.

use std::time::{Duration, Instant};

use adapter_mixer::attribute::Vocabulary;
use adapter_mixer::language::Expression;
use adapter_mixer::remote::{
    Answer, CallError, Connection, EncodedInstance, RemoteHandler, RemoteTemplate,
};
use adapter_runtime::QuotaArgs;
use adapter_runtime::document::{self, Problems};
use adapter_runtime::template::descriptor_set;
use adapter_runtime::value::Value;
use base64::prelude::{BASE64_STANDARD, Engine};
use h2::Reason;
use prost::Message;
use tests::peer::{Peer, Reply};
use tests::templates;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

/// A template and an instance of it with constants.
pub(crate) fn instance(name: &str, params: &str) -> (RemoteTemplate, EncodedInstance) {
    let descriptor = BASE64_STANDARD.encode(descriptor_set(&templates::named(name)));
    let template = RemoteTemplate::parse(&descriptor).expect("a template");
    let mut problems = Problems::new();
    let params = document::parse("params.yaml", params, &mut problems);
    assert!(problems.is_empty(), "{problems}");
    let vocabulary = Vocabulary::istio();
    let compiled = template.compile("i1.instance.ns", params.first(), |text| {
        let expression = Expression::compile(text, &vocabulary)?;
        let ty = expression.value_type();
        Ok((expression, ty))
    });
    let instance = compiled.unwrap_or_else(|problems| panic!("{problems}"));
    let nothing = adapter_mixer::attribute::Bag::new();
    let encoded = instance.encode(|expression| expression.evaluate_ref(&nothing));
    let encoded = encoded.expect("an instance");
    (template, encoded)
}

pub(crate) fn handler(connection: &Connection) -> RemoteHandler {
    RemoteHandler::new("h1.handler.ns", connection, None).expect("a handler")
}

fn plain(peer: &Peer) -> Connection {
    Connection::plain(peer.address.to_string())
}

/// Calls with one instance of `listentry`.
pub(crate) async fn check(handler: &RemoteHandler) -> Result<Answer, CallError> {
    let (template, instance) = instance("listentry", "value: '\"abc\"'");
    handler.call(&template, &[instance], None, None).await
}

fn text(result: Result<Answer, CallError>) -> String {
    match result {
        Ok(answer) => format!("{answer:?}"),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn a_call_is_sent_as_mixer_sends_it() {
    let peer = Peer::start(|_| Reply::Message(Vec::new())).await;
    let mut connection = plain(&peer);
    let (template, instance) = instance("listentry", "value: '\"abc\"'");
    let config = b"config".to_vec();
    let handler = RemoteHandler::new("h1.handler.ns", &connection, Some(config)).expect("one");
    for _ in 0..2 {
        let answer = handler
            .call(&template, std::slice::from_ref(&instance), None, None)
            .await;
        assert_eq!(answer, Ok(Answer::Check(Default::default())));
    }
    let received = peer.received();
    let call = &received[0];
    assert_eq!(
        call.path,
        "/listentry.HandleListEntryService/HandleListEntry"
    );
    assert_eq!(
        (call.scheme.as_str(), &call.authority),
        ("http", &peer.address.to_string())
    );
    let mut headers: Vec<_> = call.headers.keys().map(|name| name.as_str()).collect();
    headers.sort_unstable();
    assert_eq!(headers, ["content-type", "te", "user-agent"]);
    assert_eq!(call.header("content-type"), Some("application/grpc"));
    assert_eq!(call.header("te"), Some("trailers"));
    assert_eq!(call.header("user-agent"), Some("grpc-go/1.23.0"));
    // The dedup ids are numbers that are counted from anywhere.
    let ids: Vec<u64> = received
        .iter()
        .map(|call| {
            let id = &call.message[call.message.len() - 20..];
            let id: String = id.iter().map(|byte| char::from(*byte)).collect();
            let id = id.trim_start_matches(|c: char| !c.is_ascii_digit());
            let expected =
                template.encode_request(std::slice::from_ref(&instance), Some(b"config"), id, None);
            assert_eq!(expected.expect("a request"), call.message);
            id.parse().expect("a number")
        })
        .collect();
    assert_eq!(ids[1], ids[0].wrapping_add(1));

    // A timeout is told, in the unit that leaves it eight digits.
    connection.timeout = Some(Duration::from_secs(5));
    let answer = check(&self::handler(&connection)).await;
    assert_eq!(answer, Ok(Answer::Check(Default::default())));
    let received = peer.received();
    let told = received[2].header("grpc-timeout").expect("a timeout");
    let micros: u64 = told
        .strip_suffix('u')
        .expect("microseconds")
        .parse()
        .expect("a number");
    assert!((1..=5_000_000).contains(&micros), "{told}");
}

#[tokio::test]
async fn a_quota_is_asked_for_by_the_instances_full_name() {
    let granted = |name: &str| {
        let mut result = adapter_runtime::proto::model::QuotaResult::default();
        let grant = adapter_runtime::proto::model::quota_result::Result {
            granted_amount: 3,
            ..Default::default()
        };
        result.quotas.insert(name.to_owned(), grant);
        result
    };
    let (full, short) = (granted("i1.instance.ns"), granted("i1"));
    let expected = full.clone();
    let peer = Peer::start(move |call| {
        let shortly = call.message.windows(5).any(|it| it == b"short");
        Reply::Message(if shortly { &short } else { &full }.encode_to_vec())
    })
    .await;
    let handler = handler(&plain(&peer));
    let (template, instance) = instance("quota", "dimensions: {source: '\"abc\"'}");
    let mut args = QuotaArgs {
        dedup_id: "id1rq".to_owned(),
        amount: 5,
        best_effort: true,
    };
    let answer = handler
        .call(
            &template,
            std::slice::from_ref(&instance),
            Some(&args),
            None,
        )
        .await;
    assert_eq!(answer, Ok(Answer::Quota(expected)));
    let request = &peer.received()[0].message;
    let quota = b"\x1a\x05id1rq\"\x18\x0a\x16\x0a\x0ei1.instance.ns\x12\x04\x08\x05\x10\x01";
    assert!(request.ends_with(quota), "{request:?}");

    args.dedup_id = "short".to_owned();
    let error = handler
        .call(&template, &[instance], Some(&args), None)
        .await;
    assert_eq!(
        text(error),
        "remote server did not respond with the requested quota 'i1.instance.ns'. quotas granted: \
         [i1]"
    );
}

#[tokio::test]
async fn every_answer_comes_to_what_mixer_makes_of_it() {
    for (reply, expected) in [
        (Reply::Message(b"\x18\x07".to_vec()), "valid_use_count: 7"),
        (
            Reply::Status(5, "not %C3%BCber%0Ahere"),
            "rpc error: code = NotFound desc = not über\nhere",
        ),
        (
            Reply::Status(42, "odd"),
            "rpc error: code = Code(42) desc = odd",
        ),
        (
            Reply::Message(b"\x0a\x05".to_vec()),
            "rpc error: code = Internal desc = grpc: failed to unmarshal the received message \
             unexpected EOF",
        ),
        (
            Reply::Body(Vec::new()),
            "code = Internal desc = the adapter answered OK without",
        ),
        (
            Reply::Body(vec![0, 0, 0]),
            "code = Internal desc = unexpected EOF",
        ),
        (
            Reply::Body(vec![1, 0, 0, 0, 0]),
            "code = Unimplemented desc = grpc: Decompressor is not",
        ),
        (
            Reply::Body(vec![0, 0, 0, 0, 0, 0]),
            "code = Internal desc = grpc: client streaming",
        ),
        (
            Reply::Body(vec![0, 255, 0, 0, 0]),
            "code = ResourceExhausted desc = grpc: received message larger than max (4278190080 \
             vs. 4194304)",
        ),
        (
            Reply::NoStatus(vec![0; 5]),
            "code = Internal desc = server closed the stream without",
        ),
        (
            Reply::Http(404),
            "code = Unimplemented desc = Not Found: HTTP status code 404",
        ),
        (
            Reply::Http(503),
            "code = Unavailable desc = Service Unavailable: HTTP status code 503",
        ),
        (
            Reply::ContentType("text/html"),
            "code = Unknown desc = transport: received the unexpected content-type \"text/html\"",
        ),
        (
            Reply::Reset(Reason::ENHANCE_YOUR_CALM),
            "code = ResourceExhausted desc = stream terminated by RST_STREAM with error code: \
             ENHANCE_YOUR_CALM",
        ),
        (
            Reply::HangUp,
            "rpc error: code = Unavailable desc = transport is closing",
        ),
    ] {
        let this = reply.clone();
        let peer = Peer::start(move |_| this.clone()).await;
        let handler = handler(&plain(&peer));
        let found = text(check(&handler).await);
        assert!(found.contains(expected), "{reply:?}: {found}");
    }
}

#[tokio::test]
async fn what_no_adapter_has_seen_is_sent_again() {
    let peer = Peer::start(|_| Reply::Reset(Reason::REFUSED_STREAM)).await;
    let found = text(check(&handler(&plain(&peer))).await);
    assert!(found.contains("code = Unavailable"), "{found}");
    assert_eq!((peer.received().len(), peer.connections()), (3, 1));
}

#[tokio::test]
async fn outputs_are_read_by_the_descriptor() {
    // int64 300, bool false, the map a: b, the address 10.1.2.3, the duration 1.5 s.
    let output = b"\x08\xac\x02\x10\x00\x2a\x06\x0a\x01a\x12\x01b\x32\x06\x0a\x04\x0a\x01\x02\x03\
                   \x3a\x0a\x0a\x08\x08\x01\x10\x80\xca\xb5\xee\x01";
    let peer = Peer::start(|call| match call.path.contains("Keyval") {
        true => Reply::Message(b"\x0a\x02\x18\x05\x12\x03\x12\x01x".to_vec()),
        false => Reply::Message(output.to_vec()),
    })
    .await;
    let handler = handler(&plain(&peer));
    let (template, generating) = instance("sampleapa", "{}");
    let answer = handler.call(&template, &[generating], None, None).await;
    let Ok(Answer::Output(found)) = &answer else {
        panic!("{answer:?}");
    };
    let found: Vec<_> = found
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    assert_eq!(
        found,
        [
            "int64Primitive=300",
            "boolPrimitive=false",
            "stringMap=a=b",
            "ip=10.1.2.3"
        ]
        .into_iter()
        .chain(["duration=1.5s"])
        .collect::<Vec<_>>()
    );
    let types = template.output_attributes("output.");
    assert!(
        types
            .iter()
            .any(|(name, ty)| name == "output.dns" && ty.as_str() == "DNS_NAME")
    );

    let (template, checking) = instance("keyval", "key: '\"k\"'");
    let answer = handler.call(&template, &[checking], None, None).await;
    let Ok(Answer::CheckWithOutput(verdict, output)) = answer else {
        panic!("{answer:?}");
    };
    assert_eq!(verdict.valid_use_count, 5);
    assert_eq!(output.get("value"), Some(&Value::from("x")));

    let unknown = template
        .read_answer(b"\x7a\x01x")
        .expect_err("an unknown field");
    assert_eq!(
        unknown.to_string(),
        "1 error occurred:\n\t* unexpected field number 15\n\n"
    );
}

#[tokio::test]
async fn a_call_that_takes_too_long_is_cancelled_at_the_adapter() {
    let peer = Peer::start(|_| Reply::Silence).await;
    let mut connection = plain(&peer);
    connection.timeout = Some(Duration::from_secs(1));
    let timed = handler(&connection);
    let late = "rpc error: code = DeadlineExceeded desc = context deadline exceeded";
    assert_eq!(text(check(&timed).await), late);
    peer.cancelled().await;

    // The caller's deadline, where that is earlier.
    let (template, instance) = instance("listentry", "value: '\"abc\"'");
    connection.timeout = Some(Duration::from_secs(3600));
    let handler = handler(&connection);
    let soon = Some(Instant::now() + Duration::from_secs(1));
    let answer = handler.call(&template, &[instance], None, soon).await;
    assert_eq!(text(answer), late);
    peer.cancelled().await;

    // A caller that doesn't wait for it.
    let waiting = tokio::time::timeout(Duration::from_secs(1), check(&handler));
    assert!(waiting.await.is_err());
    peer.cancelled().await;
    assert_eq!((peer.received().len(), peer.connections()), (3, 2));
}

#[tokio::test]
async fn an_adapter_that_is_gone_is_not_waited_for_and_found_again() {
    let peer = Peer::start(|_| Reply::Message(Vec::new())).await;
    let address = peer.address.to_string();
    let handler = handler(&Connection::plain(&address));
    assert!(check(&handler).await.is_ok());
    peer.kill().await;

    let gone = text(check(&handler).await);
    let expected = format!(
        "rpc error: code = Unavailable desc = all SubConns are in TransientFailure, latest \
         connection error: connection error: desc = \"transport: Error while dialing dial tcp \
         {address}: connect: connection refused\""
    );
    // The first may have been on its way when the connection broke.
    assert!(
        gone == expected || gone.contains("transport is closing"),
        "{gone}"
    );
    assert_eq!(text(check(&handler).await), expected);

    let peer = Peer::listen(&address, None, |_| Reply::Message(Vec::new())).await;
    // It is not tried again before a second has passed.
    let began = Instant::now();
    while check(&handler).await.is_err() {
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "it is not found again"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(peer.connections(), 1);
}

#[tokio::test]
async fn many_calls_share_one_connection() {
    let peer = Peer::start(|_| Reply::Message(Vec::new())).await;
    let handler = handler(&plain(&peer));
    let calls = (0..100).map(|_| check(&handler));
    let answers = futures_util::future::join_all(calls).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!((peer.received().len(), peer.connections()), (100, 1));
}

#[tokio::test]
async fn all_addresses_of_a_name_are_known_and_one_is_enough() {
    let peer = Peer::start(|_| Reply::Message(Vec::new())).await;
    let address = format!("dns:///localhost:{}", peer.address.port());
    let handler = handler(&Connection::plain(address));
    for _ in 0..4 {
        assert!(check(&handler).await.is_ok());
    }
    assert_eq!(peer.received().len(), 4);
    assert!(peer.received()[0].authority.starts_with("localhost:"));
}

#[cfg(unix)]
#[tokio::test]
async fn a_socket_of_the_machine_is_an_address() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("adapter.sock");
    let listener = tokio::net::UnixListener::bind(&path).expect("a socket");
    let serving = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.expect("a connection");
        let mut connection = h2::server::handshake(stream).await.expect("HTTP/2");
        while let Some(Ok((_, mut respond))) = connection.accept().await {
            respond.send_reset(Reason::CANCEL);
        }
    });
    let handler = handler(&Connection::plain(format!("unix://{}", path.display())));
    let found = text(check(&handler).await);
    assert!(found.starts_with("rpc error: code = Canceled"), "{found}");
    drop(handler);
    serving.await.expect("the connection ends with its handler");
}

#[tokio::test]
async fn a_closed_handler_ends_its_calls_and_then_its_connection() {
    let peer = Peer::start(|_| Reply::Message(Vec::new())).await;
    let handler = handler(&plain(&peer));
    assert!(check(&handler).await.is_ok());
    handler.close();
    let found = text(check(&handler).await);
    assert_eq!(
        found,
        "rpc error: code = Canceled desc = grpc: the client connection is closing"
    );
    peer.idle().await;
}

#[tokio::test]
async fn somebody_who_accepts_and_says_nothing_is_no_adapter() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let listening = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        let mut said = Vec::new();
        // Until the other side gives up.
        let _ = stream.read_to_end(&mut said).await;
        said
    });
    let mut connection = Connection::plain(address.to_string());
    connection.timeout = Some(Duration::from_millis(100));
    let handler = handler(&connection);
    let found = text(check(&handler).await);
    assert!(found.contains("DeadlineExceeded"), "{found}");
    listening.abort();
    let _ = listening.await;
    // Who waits hears that it has failed.
    let found = text(check(&handler).await);
    assert!(
        found.contains("Unavailable") || found.contains("DeadlineExceeded"),
        "{found}"
    );
}

#[tokio::test]
async fn what_cannot_be_called_is_an_error_without_a_call() {
    let peer = Peer::start(|_| Reply::Message(Vec::new())).await;
    let handler = handler(&plain(&peer));
    let (template, one) = instance("listentry", "value: '\"abc\"'");
    let none = handler.call(&template, &[], None, None).await;
    assert_eq!(text(none), "internal: no instances sent");
    let two = handler
        .call(&template, &[one.clone(), one], None, None)
        .await;
    assert_eq!(text(two), "internal: 2 instances sent where one belongs");
    assert_eq!(peer.connections(), 0);

    let nowhere = RemoteHandler::new("h", &Connection::plain(""), None);
    assert_eq!(
        nowhere.expect_err("no address").to_string(),
        "empty connection address"
    );
    let no_port = self::handler(&Connection::plain("localhost"));
    assert_eq!(
        text(check(&no_port).await),
        "rpc error: code = Unavailable desc = the address `localhost` has no port"
    );
}
