//! What `mixc` printed about a real Mixer, against what is printed about ours: the same
//! configuration, the same flags, the adapters of these names.

use std::fs;
use std::sync::{Arc, Mutex};

use adapter_mixer::Mixer;
use adapter_mixer::api::Api;
use adapter_mixer::client::{CheckArgs, ReportArgs};
use adapter_mixer::config::MemoryStore;
use adapter_runtime::{Registration, Registry, Server};
use adapters::{denier::Denier, list::List, memquota::MemQuota, stdio::Stdio};
use clap::Parser;
use serde_json::Value as Json;
use tests::conformance;
use tests::peer::{Peer, Reply};
use tokio::sync::oneshot;

#[derive(Parser)]
#[command(name = "mixer")]
enum Program {
    Check(CheckArgs),
    Report(ReportArgs),
}

/// What a program leaves behind.
#[derive(Debug, PartialEq)]
struct Left {
    stdout: String,
    stderr: String,
    exit: i64,
}

/// Runs the program with a command line.
async fn run(mixer: &str, args: &[&str]) -> Left {
    let stdout = Mutex::new(String::new());
    let show = |text: &str| stdout.lock().expect("no panic").push_str(text);
    let (command, args) = args.split_first().expect("a command");
    let line = ["mixer", *command, "-m", mixer].into_iter();
    let ran = match Program::try_parse_from(line.chain(args.iter().copied())) {
        Ok(Program::Check(check)) => check.run(show).await.map_err(|error| error.to_string()),
        Ok(Program::Report(report)) => report.run(show).await.map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    let (stderr, exit) = match ran {
        Ok(()) => (String::new(), 0),
        Err(error) => (format!("{error}\n"), 255),
    };
    let stdout = stdout.into_inner().expect("no panic");
    Left {
        stdout,
        stderr,
        exit,
    }
}

#[tokio::test]
async fn transcripts_are_repeated() {
    let Some(folder) = conformance::folder() else {
        return;
    };
    let read = |path: &str| fs::read_to_string(folder.join(path)).expect("conformance data");
    let vectors: Json =
        serde_json::from_str(&read("vectors/mixc_transcripts.json")).expect("vectors");
    let written = tempfile::tempdir().expect("a folder");
    let written = written.path().join("metrics");
    let configuration = vectors["config_files"]["main.yaml"].as_str();
    let to_file = format!(
        "outputAsJson: true\n    log_stream: FILE\n    output_path: {}",
        written.display()
    );
    let configuration = configuration.expect("YAML");
    let configuration = configuration.replace("outputAsJson: true", &to_file);
    let store = MemoryStore::new();
    store.set("attributes.yaml", read("istio/attributes.yaml"));
    store.set("main.yaml", configuration);

    let registry = Registry::new([
        Registration::new::<Denier>(),
        Registration::new::<List>(),
        Registration::new::<MemQuota>(),
        Registration::new::<Stdio>(),
    ]);
    let mixer = Mixer::new(registry.expect("four adapters"), store).await;
    let api = Arc::new(Api::new(Arc::new(mixer.expect("no two of a name"))));
    let server = api.serve(Server::without_adapters()).listen("127.0.0.1:0");
    let server = server.bind().await.expect("a port");
    let address = server.addresses()[0].to_string();
    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(server.run(async {
        let _ = stopped.await;
    }));

    let cases = vectors["cases"].as_array().expect("cases");
    let mut wrong = String::new();
    let mut same = 0;
    for case in cases {
        let text = |key: &str| case[key].as_str().expect(key).to_owned();
        let args = case["argv"].as_array().expect("arguments").iter();
        let args: Vec<&str> = args.map(|it| it.as_str().expect("a text")).collect();
        let mut expected = Left {
            stdout: text("stdout"),
            stderr: text("stderr"),
            exit: case["exit"].as_i64().expect("a number"),
        };
        let mut found = run(&address, &args).await;
        match &*text("name") {
            // The usage has words of its own.
            "extra arg" => {
                assert!(found.stderr.starts_with("error: unexpected argument 'foo'"));
                expected.stderr.clear();
                found.stderr.clear();
            }
            // Denials are told in the order in which the adapters answer.
            "denied and list failing" => {
                let [one, other] = [
                    "denyall.istio-system:Not allowed",
                    "staticversion.istio-system:v9 is not whitelisted",
                ];
                let (usual, unusual) = (format!("{one}, {other}"), format!("{other}, {one}"));
                found.stdout = found.stdout.replace(&unusual, &usual);
            }
            // A real Mixer ends here.
            "wrong type for a string-map attribute used in a rule match" => {
                expected.stdout.clear();
                assert!(
                    found
                        .stdout
                        .starts_with("Check RPC completed successfully.")
                );
                found.stdout.clear();
            }
            _ => {}
        }
        match expected == found {
            true => same += 1,
            false => wrong += &format!("{}:\n{expected:#?}\n{found:#?}\n", text("name")),
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    println!("mixc_transcripts: {same} of {} cases", cases.len());
    let written = fs::read_to_string(written).expect("metrics");
    let values: Vec<Json> = written
        .lines()
        .map(|line| serde_json::from_str::<Json>(line).expect("JSON")["value"].clone())
        .collect();
    assert_eq!(values, [12, 3]);
    drop(stop);
    running.await.expect("no panic");
}

/// What is sent, and how often.
#[tokio::test]
async fn flags_say_how_much_is_sent() {
    use adapter_mixer::proto::mixer::{CheckRequest, CheckResponse, ReportRequest};
    use prost::Message;

    let peer = Peer::start(|received| match received.path.ends_with("/Check") {
        true => Reply::Message(CheckResponse::default().encode_to_vec()),
        false => Reply::Status(14, "not now"),
    })
    .await;
    let address = peer.address.to_string();
    let left = run(
        &address,
        &[
            "check",
            "-r=2",
            "-c=3",
            "--print_response=false",
            "-q=a=1,b=2",
        ],
    )
    .await;
    assert_eq!((&*left.stdout, &*left.stderr, left.exit), ("", "", 0));
    let received = peer.received();
    assert_eq!(received.len(), 6);
    let mut ids = Vec::new();
    for received in received {
        let request = CheckRequest::decode(received.message.as_slice()).expect("a check");
        let quotas: Vec<_> = (request.quotas.iter())
            .map(|(name, params)| (name.as_str(), params.amount, params.best_effort))
            .collect();
        assert_eq!(quotas, [("a", 1, true), ("b", 2, true)]);
        assert_eq!(request.global_word_count, 0);
        ids.push(request.deduplication_id);
    }
    // Workers count for themselves, as in mixc.
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 2);

    let args = [
        "report",
        "-r",
        "5",
        "--report_batch_size",
        "2",
        "-a",
        "a=1",
        "-o",
        "json",
    ];
    let left = run(&address, &args).await;
    let line = "{\"error\":{\"code\":\"Unavailable\",\"message\":\"not now\"}}\n";
    assert_eq!(left.stdout, line.repeat(3));
    let sizes: Vec<_> = (peer.received()[6..].iter())
        .map(|it| ReportRequest::decode(it.message.as_slice()).expect("a report"))
        .map(|it| it.attributes.len())
        .collect();
    assert_eq!(sizes, [2, 2, 1]);

    let left = run(&address, &["check", "-o", "json"]).await;
    let shown: Json = serde_json::from_str(&left.stdout).expect("JSON");
    assert_eq!(shown["status"]["code"], "OK");

    for (args, error) in [
        (
            &["check", "-c", "0"][..],
            "concurrency has to be at least 1\n",
        ),
        (
            &["report", "--report_batch_size=0"],
            "report_batch_size has to be at least 1\n",
        ),
    ] {
        let left = run(&address, args).await;
        assert_eq!((&*left.stderr, left.exit), (error, 255));
    }
    let left = run("127.0.0.1:1", &["check", "--print_response=false"]).await;
    assert!(
        left.stdout
            .starts_with("Check RPC failed with: Unavailable ("),
        "{left:?}"
    );
}
