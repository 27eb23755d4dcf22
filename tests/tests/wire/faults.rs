//! Bad input gets a worded answer, and the server goes on.

use adapter_runtime::Registration;
use tests::client::{LIST_ENTRY, METRIC, QUOTA};
use tests::raw;
use tests::served::Served;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tonic::Code;

use crate::adapters::{Recorder, Walkthrough, seen};
use crate::captures::{append_config, append_dedup_id};

const LIST_PARAMS: &str = "type.googleapis.com/adapter.list.config.Params";

async fn both() -> Served {
    Served::start([
        Registration::new::<Recorder>(),
        Registration::new::<Walkthrough>(),
    ])
    .await
}

fn for_recorder(message: &[u8]) -> Vec<u8> {
    let mut request = message.to_vec();
    append_config(&mut request, LIST_PARAMS, &[]);
    request
}

/// A field of bytes.
pub(crate) fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    [&[number << 3 | 2, bytes.len() as u8], bytes].concat()
}

#[tokio::test]
async fn malformed_bytes_are_refused_with_the_fields_path() {
    let served = both().await;
    let client = served.client().await;
    let value = |value: &[u8]| field(1, &field(1, value));
    let dimension = |entry: &[u8]| field(1, &field(2, entry));
    let cases = [
        (
            METRIC,
            b"\x0a\x05\x01".to_vec(),
            "instances: the length is 5 bytes, but only 1 follow",
        ),
        (METRIC, b"\xff".to_vec(), "the bytes end within a field"),
        (
            METRIC,
            b"\x0f".to_vec(),
            "0xf is not the key of a field: its number or wire type doesn't exist",
        ),
        (
            METRIC,
            b"\x1a\x01\xff".to_vec(),
            "dedup_id: the string is not UTF-8: the byte at 0 is invalid",
        ),
        (
            METRIC,
            b"\x12\x02\x08\x01".to_vec(),
            "adapter_config.type_url: expected a length and bytes, got a varint",
        ),
        (
            METRIC,
            for_recorder(&[value(b""), value(b"\x12\x01\x01")].concat()),
            "instances[1].value.int64_value: expected a varint, got a length and bytes",
        ),
        (
            METRIC,
            for_recorder(&dimension(
                &[field(1, b"code"), field(2, b"\x3a\x03\x0a\x01\x08")].concat(),
            )),
            "instances[0].dimensions[\"code\"].duration_value.value.seconds: the bytes end within a field",
        ),
        (
            METRIC,
            for_recorder(&field(1, b"\x1a\x01\xc3")),
            "instances[0].monitored_resource_type: the string is not UTF-8: the byte at 0 is invalid",
        ),
        (
            LIST_ENTRY,
            for_recorder(&value(b"\x0a\x02\xc3\x28")),
            "instance.value.string_value: the string is not UTF-8: the byte at 0 is invalid",
        ),
        (
            QUOTA,
            for_recorder(&field(1, b"")),
            "quota_request.quotas: no entry for the instance ``, so no amount is asked for",
        ),
    ];
    for (path, request, problem) in cases {
        let (code, message) = client.fail(path, &request).await;
        assert_eq!(message, format!("the request is malformed: {problem}"));
        assert_eq!(code, Code::InvalidArgument, "{problem}");
    }
    served.stop().await;
}

#[tokio::test]
async fn a_configuration_that_is_wrong_is_refused_with_the_fields_path() {
    let served = both().await;
    let client = served.client().await;
    let malformed = ". The `config` of the operator's adapter resource may describe another \
                     version of it than this program has";
    let cases = [
        (
            b"\x0a\x01\xff".to_vec(),
            "provider_url: the string is not UTF-8: the byte at 0 is invalid",
            malformed,
        ),
        (
            b"\x28".to_vec(),
            "caching_use_count: the bytes end within a field",
            malformed,
        ),
        (
            field(3, b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
            "ttl: a duration must not be negative, got -1s: write `0s` or more",
            "",
        ),
    ];
    for (config, problem, remedy) in cases {
        let mut request = Vec::new();
        append_config(&mut request, LIST_PARAMS, &config);
        assert_eq!(
            client.fail(METRIC, &request).await,
            (
                Code::InvalidArgument,
                format!(
                    "the configuration of the adapter `recorder` is invalid: {problem}{remedy}"
                )
            )
        );
    }
    served.stop().await;
}

#[tokio::test]
async fn a_request_for_nobody_names_who_is_there() {
    let served = both().await;
    let client = served.client().await;
    let mut other = Vec::new();
    append_config(
        &mut other,
        "type.googleapis.com/adapter.denier.config.Params",
        &[],
    );
    let (code, message) = client.fail(METRIC, &other).await;
    assert_eq!(code, Code::FailedPrecondition);
    assert_eq!(
        message,
        "no adapter here handles the template `metric` with a configuration of the type \
         `type.googleapis.com/adapter.denier.config.Params`; served are \
         `type.googleapis.com/adapter.list.config.Params` (adapter `recorder`), \
         `type.googleapis.com/adapter.mygrpcadapter.config.Params` (adapter `walkthrough`)"
    );
    let (code, message) = client.fail(METRIC, &[]).await;
    assert_eq!(code, Code::FailedPrecondition);
    assert!(
        message.starts_with("the request has no adapter_config, and several adapters"),
        "{message}"
    );

    let (code, message) = client.fail("/metric.HandleMetricService/Other", &[]).await;
    assert_eq!(code, Code::Unimplemented);
    assert!(message.contains(METRIC), "{message}");
    served.stop().await;
}

#[tokio::test]
async fn a_request_that_is_too_large_is_refused() {
    let served = Served::with([Registration::new::<Recorder>()], |server| {
        server.max_request_bytes(1000)
    })
    .await;
    let client = served.client().await;
    // A key and a length of two bytes stand before the text.
    let request_of = |bytes: usize| {
        let mut request = Vec::new();
        append_dedup_id(&mut request, &"x".repeat(bytes - 3));
        request
    };
    let (code, message) = client.fail(METRIC, &request_of(1001)).await;
    assert_eq!(code, Code::ResourceExhausted);
    assert_eq!(
        message,
        "the request has 1001 bytes; at most 1000 are accepted: send less at a time, or raise the \
         server's `max-request-bytes`"
    );
    client
        .call(METRIC, &request_of(1000))
        .await
        .expect("exactly as many are accepted");
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_requests_do_not_end_the_connection() {
    let served = both().await;
    // More than the resets that an HTTP/2 server takes from one connection.
    let answers = raw::post_before_the_body(served.address, "/no/Such", 3000).await;
    assert_eq!(answers, 3000);
    served.stop().await;
}

#[tokio::test]
async fn unknown_fields_are_skipped_everywhere() {
    let served = both().await;
    let unknown = [
        b"\xa8\x06\x01".as_slice(),
        b"\xb2\x06\x02hi",
        b"\xbb\x06\xbc\x06",
    ]
    .concat();
    let value = [b"\x0a\x01v".as_slice(), &unknown].concat();
    let instance = [field(1, &value), unknown.clone()].concat();
    let mut request = [unknown.clone(), field(1, &instance)].concat();
    append_config(
        &mut request,
        LIST_PARAMS,
        &[b"\x0a\x03url".as_slice(), &unknown].concat(),
    );
    append_dedup_id(&mut request, "unknown fields");
    served
        .client()
        .await
        .call(LIST_ENTRY, &request)
        .await
        .expect("it is served");
    let call = seen("unknown fields");
    assert_eq!(call.param, "url");
    assert_eq!(call.instances[0]["value"]["string_value"], "v");
    served.stop().await;
}

#[tokio::test]
async fn every_answer_to_bad_framing_says_what_is_wrong() {
    let served = both().await;
    let message = for_recorder(b"");
    let frame = |flag: u8, len: usize, body: &[u8]| {
        [&[flag], (len as u32).to_be_bytes().as_slice(), body].concat()
    };
    let good = raw::framed(&message);
    for (body, code, text) in [
        (vec![], Code::InvalidArgument, "no message was sent"),
        (
            good[..3].to_vec(),
            Code::InvalidArgument,
            "the request ends within its message",
        ),
        (
            good[..9].to_vec(),
            Code::InvalidArgument,
            "the request ends within its message",
        ),
        (
            [good.clone(), good.clone()].concat(),
            Code::InvalidArgument,
            "more than one message was sent; the call takes one",
        ),
        (
            frame(1, message.len(), &message),
            Code::Unimplemented,
            "the request is compressed; send it uncompressed",
        ),
        (
            frame(2, 0, b""),
            Code::InvalidArgument,
            "the request's compression flag is 2; it must be 0",
        ),
    ] {
        let answer = raw::post(served.address, METRIC, &[], &body).await;
        assert_eq!(answer.grpc(), (code, text.to_owned()));
    }
    let answer = raw::post(served.address, METRIC, &[], &good).await;
    assert_eq!(answer.grpc().0, Code::Ok);
    served.stop().await;
}

#[tokio::test]
async fn what_is_http_but_not_grpc_is_refused_as_http() {
    let served = both().await;
    for content_type in ["application/json", "application/grpcx", ""] {
        let headers = [("content-type", content_type)];
        let answer = raw::post(served.address, METRIC, &headers, b"{}").await;
        assert_eq!(answer.http, 415, "{content_type}");
    }
    for content_type in ["application/grpc+proto", "application/grpc;charset=x"] {
        let headers = [("content-type", content_type)];
        let answer = raw::post(served.address, METRIC, &headers, b"").await;
        assert_eq!(answer.http, 200, "{content_type}");
    }
    let answer = raw::send(served.address, "GET", METRIC, &[], b"").await;
    assert_eq!(answer.http, 405);
    served.stop().await;
}

#[tokio::test]
async fn a_timeout_that_is_none_is_refused() {
    let served = both().await;
    let headers = [("grpc-timeout", "5 seconds")];
    let answer = raw::post(served.address, METRIC, &headers, b"").await;
    let (code, text) = answer.grpc();
    assert_eq!(code, Code::InvalidArgument);
    assert!(text.starts_with("the header grpc-timeout is"), "{text}");
    served.stop().await;
}

#[tokio::test]
async fn what_is_not_grpc_does_no_harm() {
    let served = both().await;
    for bytes in [
        &b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"[..],
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\xff\xff\xff\xff\xff\xff\xff\xff\xff",
        b"",
    ] {
        let mut stream = TcpStream::connect(served.address)
            .await
            .expect("it listens");
        stream.write_all(bytes).await.expect("it reads");
        stream.shutdown().await.expect("it is open");
        let mut answer = Vec::new();
        // The server may say why or just close.
        let _ = stream.read_to_end(&mut answer).await;
    }
    let mut request = for_recorder(b"");
    append_dedup_id(&mut request, "after garbage");
    served
        .client()
        .await
        .call(METRIC, &request)
        .await
        .expect("it goes on");
    served.stop().await;
}
