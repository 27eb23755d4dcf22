//! Secrets are read from where the operator says, and are in no output.

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::{Arc, Mutex};

use adapter_runtime::config::{ConfigSchema, Secret};
use adapter_runtime::document;
use adapter_runtime::prelude::*;
use adapter_runtime::template::{Template as _, reportnothing};
use adapter_runtime::{ConfigErrors, Registration, info_table};
use tests::served::Served;
use tonic::Code;

/// The secret that no output may hold.
const MARKER: &str = "m4rker-of-a-secret";

/// Keeps its secrets.
#[mixer_adapter(templates = ["reportnothing"])]
#[derive(Debug)]
struct Keeper(Params);

#[derive(AdapterConfig, Clone, Debug, PartialEq)]
struct Params {
    #[config(required)]
    token: Secret,
    keys: Vec<Secret>,
    #[config(format = "url")]
    url: Option<Secret>,
    inner: Inner,
    /// What the build does: `fail`, `panic`, or something else.
    then: String,
}

#[derive(AdapterConfig, Clone, Debug, PartialEq)]
struct Inner {
    #[config(default = "${env:CARGO_PKG_NAME}")]
    password: Secret,
}

impl Adapter for Keeper {
    type Config = Params;

    fn validate(params: &Params, _: &InstanceTypes, errors: &mut ConfigErrors) {
        if params.then == "invalid" {
            errors.push("then", format!("{params:?}"));
        }
    }

    async fn build(params: Params, _: Setup) -> Result<Self, BuildError> {
        tracing::info!(?params, "building {:#?}", params.token);
        match params.then.as_str() {
            "fail" => Err(BuildError::new(
                adapter_runtime::Code::Aborted,
                format!("{params:?}"),
            )),
            "panic" => panic!("{params:#?}"),
            _ => Ok(Keeper(params)),
        }
    }
}

impl reportnothing::Handler for Keeper {
    async fn handle_report_nothing(
        &self,
        _: &Call,
        _: Vec<reportnothing::Instance>,
    ) -> Result<(), HandlerError> {
        Err(HandlerError::new(
            adapter_runtime::Code::Aborted,
            format!("{self:?} {}", self.0.token.expose().len()),
        ))
    }
}

fn params(token: Secret) -> Params {
    Params {
        token,
        ..Params::defaults()
    }
}

fn check(token: &str) -> Result<String, Vec<String>> {
    // As it is on the wire.
    let mut params = Params::decode(&params(Secret::written(token)).encode()).expect("it decodes");
    let mut errors = ConfigErrors::new();
    params.check(&mut errors);
    if errors.is_empty() {
        return Ok(params.token.expose().clone());
    }
    let line = |error: &adapter_runtime::ConfigError| format!("{}: {}", error.field, error.message);
    Err(errors.iter().map(line).collect())
}

fn file(content: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(content).expect("it is written");
    file
}

#[test]
fn a_secret_is_literal_or_a_reference() {
    let secret_file = file(b"from a file\n");
    let path = secret_file.path().display();
    for (written, secret) in [
        ("plain", "plain"),
        ("$plain", "$plain"),
        ("{plain}", "{plain}"),
        ("file:/etc/passwd", "file:/etc/passwd"),
        ("$${env:HOME}", "${env:HOME}"),
        ("$$${env:HOME}", "$${env:HOME}"),
        ("${env:CARGO_PKG_NAME}", "tests"),
        (&format!("${{file:{path}}}"), "from a file"),
    ] {
        assert_eq!(check(written), Ok(secret.to_owned()), "{written}");
        let literal = Secret::<String>::new(secret);
        assert_eq!(literal.expose(), secret);
        // A value in hand is never taken for a reference.
        let decoded = Params::decode(&params(literal).encode()).expect("it decodes");
        let mut decoded = decoded;
        decoded.check(&mut ConfigErrors::new());
        assert_eq!(decoded.token.expose(), secret);
    }
}

#[test]
fn only_the_newline_at_the_end_of_a_file_is_left_out() {
    for (content, secret) in [
        ("a\n", "a"),
        ("a\r\n", "a"),
        ("a\n\n", "a\n"),
        (" a b ", " a b "),
    ] {
        let file = file(content.as_bytes());
        let written = format!("${{file:{}}}", file.path().display());
        assert_eq!(check(&written), Ok(secret.to_owned()), "{content:?}");
    }
}

#[test]
fn a_secret_that_can_not_be_read_is_an_error_with_its_place() {
    let (large, binary, empty) = (file(&[b'x'; 65_537]), file(b"\xFF"), file(b"\n"));
    let folder = tempfile::tempdir().expect("a folder");
    let missing = folder.path().join("missing");
    let no_reference = "token: begins with `${` but is no reference: write `${file:/path}`, \
                        `${env:NAME}`, or `$${` where the secret itself begins with `${`";
    for (written, problem) in [
        (String::new(), "token: is required".to_owned()),
        (
            "${env:NOT_SET_ANYWHERE}".into(),
            "token: the environment variable `NOT_SET_ANYWHERE` is not set".into(),
        ),
        (
            format!("${{file:{}}}", missing.display()),
            format!(
                "token: can't be read from the file `{}`: No such file or directory (os error 2)",
                missing.display()
            ),
        ),
        (
            format!("${{file:{}}}", folder.path().display()),
            format!(
                "token: can't be read from the file `{}`: it is not a file",
                folder.path().display()
            ),
        ),
        (
            format!("${{file:{}}}", large.path().display()),
            format!(
                "token: can't be read from the file `{}`: it has more than 65536 bytes",
                large.path().display()
            ),
        ),
        (
            format!("${{file:{}}}", binary.path().display()),
            format!(
                "token: can't be read from the file `{}`: it is not UTF-8",
                binary.path().display()
            ),
        ),
        (
            format!("${{file:{}}}", empty.path().display()),
            "token: is required".into(),
        ),
        (format!("${{vault:{MARKER}}}"), no_reference.into()),
        (format!("${{file:{MARKER}}}"), no_reference.into()),
        (format!("${{{MARKER}}}"), no_reference.into()),
        (format!("${{{MARKER}"), no_reference.into()),
        (format!("${{env:{MARKER}}}"), no_reference.into()),
    ] {
        assert_eq!(check(&written), Err(vec![problem]), "{written}");
    }
}

#[test]
fn a_reference_is_shown_and_a_secret_is_not() {
    let shown = params(Secret::written("${env:TOKEN}")).show();
    assert_eq!(shown["token"], "${env:TOKEN}");
    assert_eq!(shown["inner"]["password"], "${env:CARGO_PKG_NAME}");
    assert_eq!(params(Secret::new(MARKER)).show()["token"], "[redacted]");
    assert_eq!(
        format!("{:?}", Secret::<String>::written("${env:T}")),
        "${env:T}"
    );
    assert_eq!(
        format!("{:?}", Secret::<String>::new("${env:T}")),
        "[redacted]"
    );
}

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut log = self.0.lock().expect("no writer panics");
        log.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn no_output_holds_a_secret() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .with_ansi(false)
        .init();
    let mut output = String::new();

    let secret_file = file(MARKER.as_bytes());
    let secrets = [
        Secret::written(MARKER),
        Secret::new(MARKER),
        Secret::written(format!("${{file:{}}}", secret_file.path().display())),
        Secret::written(format!("${{{MARKER}}}")),
    ];
    let mut metrics = None;
    let served = Served::with([Registration::new::<Keeper>()], |server| {
        metrics = Some(server.metrics());
        server
    });
    let served = served.await;
    let client = served.client().await;
    let mut answers = Vec::new();
    for token in &secrets {
        for then in ["", "invalid", "fail", "panic"] {
            let params = Params {
                token: token.clone(),
                keys: vec![token.clone(), Secret::new(format!("x{MARKER}"))],
                url: Some(Secret::new(format!("no url {MARKER}"))).filter(|_| then == "invalid"),
                then: then.into(),
                ..Params::defaults()
            };
            write!(output, "{params:?} {params:#?} {}", params.show()).expect("a String");
            let mut checked = params.clone();
            let mut errors = ConfigErrors::new();
            checked.check(&mut errors);
            write!(output, "{checked:?} {} {errors} {errors:?}", checked.show()).expect("a String");
            let mut encoded = params.encode();
            answers.push(
                client
                    .fail(reportnothing::Template::INFO.path, &request(&encoded))
                    .await,
            );
            // Damaged, so that it is refused.
            encoded.truncate(encoded.len() - 1);
            answers.push(
                client
                    .fail(reportnothing::Template::INFO.path, &request(&encoded))
                    .await,
            );
            let error = Params::decode(b"\x0a\x12m4rker-of-a-secret\x0a\x12m4rker-of-a-secre\xFF");
            write!(output, "{error:?}").expect("a String");
        }
    }
    let counted = metrics.expect("a server").encode();
    assert!(counted.contains("keeper"), "{counted}");
    output.push_str(&counted);
    served.stop().await;

    let registry = Registry::new([Registration::new::<Keeper>()]).expect("an adapter");
    let schema = ConfigSchema::of::<Params>("keeper.config");
    write!(
        output,
        "{answers:?} {:?} {} {} {} {} {} {}",
        registry.info(),
        serde_json::to_string(&registry.info()).expect("JSON"),
        document::to_yaml(&registry.info()).expect("YAML"),
        info_table(&registry),
        schema.proto_text(),
        schema.json_schema(),
        schema.markdown(),
    )
    .expect("a String");
    let logged = String::from_utf8_lossy(&log.0.lock().expect("no writer panics")).into_owned();
    output.push_str(&logged);

    // What the test rests on happened.
    assert!(logged.contains("building [redacted]"), "{logged}");
    for code in [Code::InvalidArgument, Code::Aborted, Code::Internal] {
        assert!(
            answers.iter().any(|(found, _)| *found == code),
            "{answers:?}"
        );
    }
    assert!(
        answers.iter().any(|(_, text)| text.contains("18")),
        "{answers:?}"
    );
    if let Some(at) = output.find(MARKER) {
        let from = output.floor_char_boundary(at.saturating_sub(200));
        panic!("…{}", &output[from..at + MARKER.len()]);
    }
}

/// A report with a configuration.
fn request(config: &[u8]) -> Vec<u8> {
    let any = prost_types::Any {
        type_url: "type.googleapis.com/keeper.config.Params".into(),
        value: config.into(),
    };
    let mut request = vec![0x0A, 0x00];
    prost::encoding::message::encode(2, &any, &mut request);
    request
}
