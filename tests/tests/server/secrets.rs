//! Who may call chooses the configuration, and must not choose what the server reads.

use adapter_runtime::AdapterConfig as _;
use adapter_runtime::config::Secret;
use tests::client::LIST_ENTRY;
use tonic::Code;

use crate::gate::{Params, request_with, serve};

fn with_secret(written: &str) -> Vec<u8> {
    let params = Params {
        does: "secret".into(),
        secret: Secret::written(written),
    };
    request_with(&params.encode())
}

#[tokio::test]
async fn references_of_callers_lead_where_the_server_lets_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let (own, other) = (folder.path().join("own"), folder.path().join("other"));
    std::fs::create_dir(&own).expect("a folder");
    std::fs::write(own.join("token"), "hunter2\n").expect("a file");
    std::fs::write(&other, "not yours").expect("a file");
    let served = serve(|settings| {
        settings.secret_folders = vec![own.clone()];
        settings.secret_env_prefix = "CARGO_PKG_".into();
    })
    .await;
    let client = served.client().await;
    let file = |path: &std::path::Path| format!("${{file:{}}}", path.display());
    for (written, secret) in [
        (file(&own.join("token")), "hunter2"),
        ("${env:CARGO_PKG_NAME}".into(), "tests"),
        ("itself".into(), "itself"),
    ] {
        let answer = client.call(LIST_ENTRY, &with_secret(&written)).await;
        let answer = answer.expect("it is served");
        assert!(
            String::from_utf8_lossy(&answer).contains(secret),
            "{written}"
        );
    }
    // What can't be read says nothing of why.
    let mut errors = Vec::new();
    for written in [file(&own.join("none")), "${env:CARGO_PKG_NOT_SET}".into()] {
        let (code, message) = client.fail(LIST_ENTRY, &with_secret(&written)).await;
        assert_eq!(code, Code::InvalidArgument);
        errors.push(message);
    }
    assert_eq!(errors[0], errors[1]);
    assert!(
        errors[0].contains("the server's log says why"),
        "{}",
        errors[0]
    );
    for (written, setting) in [
        (file(&other), "`secret-folders`"),
        (file(&own.join("../other")), "`secret-folders`"),
        (file("/etc/passwd".as_ref()), "`secret-folders`"),
        ("${env:PATH}".into(), "`secret-env-prefix`"),
        ("${env:NOT_SET_ANYWHERE}".into(), "`secret-env-prefix`"),
    ] {
        let (code, message) = client.fail(LIST_ENTRY, &with_secret(&written)).await;
        assert_eq!(code, Code::InvalidArgument);
        assert!(message.contains(setting), "{written}: {message}");
        assert!(!message.contains("not yours"), "{message}");
    }
    served.stop().await;
}

#[tokio::test]
async fn by_default_they_lead_nowhere_else() {
    let served = serve(|_| {}).await;
    let client = served.client().await;
    for written in [
        "${file:/etc/hostname}",
        "${file:/var/run/secrets/kubernetes.io/serviceaccount/token}",
        "${env:CARGO_PKG_NAME}",
    ] {
        let (code, message) = client.fail(LIST_ENTRY, &with_secret(written)).await;
        assert_eq!(code, Code::InvalidArgument, "{message}");
    }
    served.stop().await;
}
