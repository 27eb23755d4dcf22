//! Kubernetes' objects are what Kubernetes takes, and made for production.

use adapter_runtime::Settings;
use adapter_runtime::manifest::{Kind, Options, Tls};
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler;
use k8s_openapi::api::core::v1::{Namespace, Secret, Service, ServiceAccount};
use k8s_openapi::api::networking::v1::NetworkPolicy;
use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use k8s_openapi::serde::Serialize;
use k8s_openapi::serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::{documents, files, json, options};

/// The objects of all that is made for Kubernetes.
pub(crate) fn objects(options: Options) -> Vec<Json> {
    let files = files(Kind::Kubernetes, None, options);
    files
        .iter()
        .flat_map(documents)
        .map(|it| json(&it))
        .collect()
}

fn object(objects: &[Json], kind: &str) -> Json {
    let mut found = objects.iter().filter(|it| it["kind"] == kind);
    found.next().unwrap_or_else(|| panic!("no {kind}")).clone()
}

/// What Kubernetes' own type makes of an object: a field that it doesn't know is lost.
fn through<T: Serialize + DeserializeOwned>(object: &Json) -> Json {
    let typed: T = serde_json::from_value(object.clone()).unwrap_or_else(|it| panic!("{it}"));
    serde_json::to_value(typed).expect("JSON")
}

fn everything() -> Options {
    let mut options = options();
    options.create_namespace = true;
    options.deploy_namespace = Some("adapters".into());
    options.priority_class = Some("system-cluster-critical".into());
    options.volumes = vec![
        "/data".parse().expect("a volume"),
        "cache=/var/cache".parse().expect("a volume"),
    ];
    options.replicas = Some(3);
    options.tls = Tls::Mutual;
    options
}

#[test]
fn no_field_is_lost_in_kubernetes_own_types() {
    let mut plain = options();
    plain.replicas = Some(1);
    let mut server = options();
    server.tls = Tls::Server;
    let all = [options(), plain, server, everything()];
    for objects in all.map(objects) {
        for object in &objects {
            let kind = object["kind"].as_str().expect("a kind");
            let again = match kind {
                "Namespace" => through::<Namespace>(object),
                "ServiceAccount" => through::<ServiceAccount>(object),
                "Service" => through::<Service>(object),
                "Deployment" => through::<Deployment>(object),
                "PodDisruptionBudget" => through::<PodDisruptionBudget>(object),
                "HorizontalPodAutoscaler" => through::<HorizontalPodAutoscaler>(object),
                "NetworkPolicy" => through::<NetworkPolicy>(object),
                "Secret" => through::<Secret>(object),
                kind => panic!("an object of the kind {kind}"),
            };
            assert_eq!(again, *object, "{kind}");
        }
    }
}

#[test]
fn the_pod_can_do_nothing_that_it_need_not() {
    let objects = objects(everything());
    let pod = &object(&objects, "Deployment")["spec"]["template"]["spec"];
    assert_eq!(pod["securityContext"]["runAsNonRoot"], true);
    assert_eq!(
        pod["securityContext"]["seccompProfile"]["type"],
        "RuntimeDefault"
    );
    assert_eq!(pod["automountServiceAccountToken"], false);
    assert_eq!(pod["priorityClassName"], "system-cluster-critical");
    let container = &pod["containers"][0];
    let security = &container["securityContext"];
    assert_eq!(security["readOnlyRootFilesystem"], true);
    assert_eq!(security["allowPrivilegeEscalation"], false);
    assert_eq!(security["capabilities"]["drop"], serde_json::json!(["ALL"]));
    assert!(container["resources"]["requests"]["memory"].is_string());
    assert!(container["resources"]["limits"]["cpu"].is_string());
    // What it may write to is empty and goes with it.
    let volumes = pod["volumes"].as_array().expect("volumes");
    let mounts = container["volumeMounts"].as_array().expect("mounts");
    for (name, path) in [("data", "/data"), ("cache", "/var/cache")] {
        assert!(volumes.contains(&serde_json::json!({ "name": name, "emptyDir": {} })));
        assert!(mounts.contains(&serde_json::json!({ "name": name, "mountPath": path })));
    }
    let selector = &object(&objects, "NetworkPolicy")["spec"]["ingress"][0]["from"][0];
    assert_eq!(selector["podSelector"]["matchLabels"]["istio"], "mixer");
}

#[test]
fn a_pod_is_replaced_without_a_call_that_fails() {
    let objects = objects(options());
    let deployment = object(&objects, "Deployment");
    let update = &deployment["spec"]["strategy"]["rollingUpdate"];
    assert_eq!(update["maxUnavailable"], 0);
    let template = &deployment["spec"]["template"];
    for place in ["labels", "annotations"] {
        assert_eq!(
            template["metadata"][place]["sidecar.istio.io/inject"],
            "false"
        );
    }
    let container = &template["spec"]["containers"][0];
    for probe in ["startupProbe", "readinessProbe", "livenessProbe"] {
        assert_eq!(container[probe]["grpc"]["port"], 8000, "{probe}");
    }
    assert_eq!(container["args"], serde_json::json!(["8000"]));
    // All of a shutdown fits in.
    let settings = Settings::default();
    let grace = &template["spec"]["terminationGracePeriodSeconds"];
    assert!(
        grace.as_u64().expect("seconds")
            > (settings.shutdown_delay + settings.drain_timeout).as_secs()
    );
    // What is scraped is a port of the container.
    let annotations = &template["metadata"]["annotations"];
    assert_eq!(annotations["prometheus.io/scrape"], "true");
    assert_eq!(
        annotations["prometheus.io/port"],
        container["ports"][1]["containerPort"].to_string()
    );
}

#[test]
fn all_replicas_are_called() {
    let of = |replicas: Option<u32>, name: &str| {
        let mut options = options();
        options.replicas = replicas;
        let files = files(Kind::Kubernetes, Some(name), options.clone());
        let objects: Vec<_> = files
            .iter()
            .flat_map(documents)
            .map(|it| json(&it))
            .collect();
        let handler = super::of_kind(&super::files(Kind::Handler, Some(name), options), "handler");
        let address = handler[0]["spec"]["connection"]["address"]
            .as_str()
            .expect("text")
            .to_owned();
        let headless = object(&objects, "Service")["spec"]["clusterIP"] == "None";
        let scaled = objects
            .iter()
            .any(|it| it["kind"] == "HorizontalPodAutoscaler");
        let replicas = object(&objects, "Deployment")["spec"]["replicas"].clone();
        (address, headless, scaled, replicas)
    };
    let name = "wavefront.istio-system.svc.cluster.local:8000";
    let many = format!("dns:///{name}");
    // Applying the deployment again must not undo what the scaler did.
    assert_eq!(
        of(None, "wavefront"),
        (many.clone(), true, true, Json::Null)
    );
    assert_eq!(of(Some(3), "wavefront"), (many, true, true, Json::Null));
    assert_eq!(
        of(Some(1), "wavefront"),
        (name.into(), false, false, 1.into())
    );
    // What is kept in memory can't be shared.
    let (address, headless, scaled, replicas) = of(None, "apigee");
    assert!(!address.starts_with("dns:") && !headless && !scaled);
    assert_eq!(replicas, 1);
}

#[test]
fn one_adapter_of_several_is_served_alone() {
    let files = files(Kind::Kubernetes, Some("keyval"), options());
    let objects: Vec<_> = files
        .iter()
        .flat_map(documents)
        .map(|it| json(&it))
        .collect();
    let container = &object(&objects, "Deployment")["spec"]["template"]["spec"]["containers"][0];
    assert_eq!(
        container["args"],
        serde_json::json!(["serve", "--listen", "keyval=:8000"])
    );
    assert_eq!(container["name"], "keyval");
}

#[test]
fn secrets_are_given_by_reference() {
    let mut of_wavefront = options();
    of_wavefront.replicas = Some(1);
    let made = files(Kind::Kubernetes, Some("threescale"), of_wavefront.clone());
    let secrets = made
        .iter()
        .find(|file| file.path == "threescale-secrets.yaml")
        .expect("secrets");
    let secret = json(&documents(secrets)[0]);
    let keys: Vec<_> = secret["stringData"]
        .as_object()
        .expect("secrets")
        .keys()
        .cloned()
        .collect();
    let [variable] = &keys[..] else {
        panic!("{keys:?}")
    };
    let objects: Vec<_> = made
        .iter()
        .flat_map(documents)
        .map(|it| json(&it))
        .collect();
    let container = &object(&objects, "Deployment")["spec"]["template"]["spec"]["containers"][0];
    assert_eq!(
        container["env"],
        serde_json::json!([{
            "name": variable,
            "valueFrom": {
                "secretKeyRef": { "name": "threescale", "key": variable, "optional": false }
            }
        }])
    );
    let handler = super::of_kind(
        &files(Kind::Handler, Some("threescale"), of_wavefront),
        "handler",
    );
    let token = &handler[0]["spec"]["params"]["access_token"];
    assert_eq!(*token, format!("${{env:{variable}}}"));
}

#[test]
fn certificates_and_tokens_are_where_the_server_looks() {
    for (tls, secrets, names) in [
        (
            Tls::Server,
            &["-tls", "-tokens"][..],
            &["TLS_CERT", "TLS_KEY", "TOKEN_FILES"][..],
        ),
        (
            Tls::Mutual,
            &["-tls"],
            &["TLS_CERT", "TLS_KEY", "TLS_CLIENT_CA", "TLS_CLIENT_NAMES"],
        ),
    ] {
        let mut options = options();
        options.tls = tls;
        let made = files(Kind::Kubernetes, Some("keyval"), options.clone());
        let objects: Vec<_> = made
            .iter()
            .flat_map(documents)
            .map(|it| json(&it))
            .collect();
        let pod = &object(&objects, "Deployment")["spec"]["template"]["spec"];
        let container = &pod["containers"][0];
        // A setting of the server under each name, and a file that a volume brings.
        let reference = Settings::reference();
        let variables = container["env"].as_array().expect("variables");
        assert_eq!(variables.len(), names.len());
        for (variable, name) in variables.iter().zip(names) {
            let variable_name = variable["name"].as_str().expect("a name");
            assert_eq!(variable_name, format!("ADAPTER_{name}"));
            assert!(
                reference.contains(&format!("`{variable_name}`")),
                "{variable_name}"
            );
            let value = variable["value"].as_str().expect("a value");
            let mounts = container["volumeMounts"].as_array().expect("mounts");
            let mounted = mounts.iter().any(|mount| {
                mount["readOnly"] == true
                    && value.starts_with(mount["mountPath"].as_str().expect("a path"))
            });
            assert!(mounted || value.starts_with("spiffe://"), "{value}");
        }
        for suffix in secrets {
            let name = format!("keyval{suffix}");
            let is_it = |it: &&Json| it["kind"] == "Secret" && it["metadata"]["name"] == *name;
            let secret = objects.iter().find(is_it).expect("a secret to fill in");
            assert!(secret["stringData"].is_object());
            let volumes = pod["volumes"].as_array().expect("volumes");
            assert!(volumes.iter().any(|it| it["secret"]["secretName"] == *name));
        }
        // Kubernetes can't ask over TLS.
        let ready = &container["readinessProbe"]["httpGet"];
        assert_eq!(
            (&ready["path"], &ready["port"]),
            (&"/readyz".into(), &"ops".into())
        );
        assert_eq!(container["livenessProbe"]["httpGet"]["path"], "/healthz");
        let handler = super::of_kind(&files(Kind::Handler, Some("keyval"), options), "handler");
        let connection = &handler[0]["spec"]["connection"];
        let authentication = &connection["authentication"];
        let key = if tls == Tls::Mutual { "mutual" } else { "tls" };
        assert_eq!(authentication[key]["serverName"], "keyval.istio-system.svc");
    }
}
