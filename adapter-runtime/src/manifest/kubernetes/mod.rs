//! What runs a program with adapters on Kubernetes.

mod objects;
mod security;

use serde::Serialize;

use self::objects::{
    Autoscaler, Capabilities, Container, ContainerPort, ContainerSecurity, Deployment,
    DisruptionBudget, Ingress, Map, Metadata, Metric, MetricResource, MetricTarget, Mount,
    NetworkPolicy, Nothing, Object, Peer, Pod, PodSecurity, PodTemplate, PolicyPort, Probe,
    Resources, RollingUpdate, SeccompProfile, Secret, SecretKey, Selector, Service, ServiceAccount,
    ServicePort, Spec, Spread, Strategy, Target, Variable, VariableSource, VariableValue, Volume,
    VolumeSource, Way,
};
use super::{File, Made, Tls, secrets};
use crate::document::to_yaml;
use crate::server::Settings;
use crate::server::settings::OPS_PORT;

pub(super) use self::objects::Number;

/// Who owns the files, and whom the program runs as: nobody in particular.
const USER: u32 = 65_532;

/// Where the server answers operators.
const METRICS: &str = "/metrics";
const READY: &str = "/readyz";
const ALIVE: &str = "/healthz";

/// What is asked of an operator who has to write a secret.
const TO_BE_WRITTEN: &str = "to-be-written";

/// What is said of an object, and the object.
pub(super) struct Written {
    /// What the file of a chart is called.
    pub(super) name: &'static str,
    pub(super) comment: String,
    pub(super) yaml: String,
}

/// What an operator may change afterwards: values, or what stands for them in a chart.
pub(super) struct Values {
    pub(super) namespace: String,
    pub(super) image: String,
    pub(super) port: Number,
    /// The same as text.
    pub(super) port_text: String,
    pub(super) replicas: Number,
    pub(super) max_replicas: Number,
    pub(super) cpu_request: String,
    pub(super) memory_request: String,
    pub(super) cpu_limit: String,
    pub(super) memory_limit: String,
}

impl Values {
    pub(super) fn of(made: &Made<'_>) -> Values {
        let options = made.options;
        Values {
            namespace: options.deployed_in().to_owned(),
            image: image(made),
            port: Number::Value(options.port.into()),
            port_text: options.port.to_string(),
            replicas: Number::Value(made.replicas()),
            max_replicas: Number::Value(made.max_replicas()),
            cpu_request: "100m".into(),
            memory_request: "64Mi".into(),
            cpu_limit: "1".into(),
            memory_limit: "256Mi".into(),
        }
    }
}

/// The image that is to run: by default the version is that of the adapters, if they have one.
pub(super) fn image(made: &Made<'_>) -> String {
    made.options
        .image
        .clone()
        .unwrap_or_else(|| format!("{}:{}", made.name(), version(made)))
}

pub(super) fn version(made: &Made<'_>) -> String {
    let mut versions = made.adapters.iter().map(|it| it.adapter.version());
    match versions.next() {
        Some(version) if versions.all(|other| other == version) => version.to_owned(),
        _ => "latest".to_owned(),
    }
}

pub(super) fn files(made: &Made<'_>) -> Vec<File> {
    let name = made.name();
    let mut text = made.text();
    for object in objects(made, &Values::of(made)) {
        text.add_text(&object.comment, &object.yaml);
    }
    let mut files = vec![File::new(format!("{name}-k8s.yaml"), text.finish())];
    let secrets = secrets(made);
    if !secrets.is_empty() {
        let mut text = made.text();
        for secret in secrets {
            text.add_text(&secret.comment, &secret.yaml);
        }
        files.push(File::new(format!("{name}-secrets.yaml"), text.finish()));
    }
    files
}

/// The objects, in the order in which they are applied.
pub(super) fn objects(made: &Made<'_>, values: &Values) -> Vec<Written> {
    let builder = Builder {
        made,
        values,
        name: made.name(),
    };
    let mut objects = Vec::new();
    if made.options.create_namespace {
        objects.push(builder.namespace());
    }
    objects.extend([
        builder.service_account(),
        builder.service(),
        builder.deployment(),
        builder.disruption_budget(),
    ]);
    if made.max_replicas() > made.replicas() {
        objects.push(builder.autoscaler());
    }
    objects.push(builder.network_policy());
    objects
}

/// The secrets that the pods refer to, for the operator to fill in.
fn secrets(made: &Made<'_>) -> Vec<Written> {
    let values = Values::of(made);
    let builder = Builder {
        made,
        values: &values,
        name: made.name(),
    };
    let variables: Vec<_> = secrets::variables(made).into_keys().collect();
    let mut secrets = Vec::new();
    if !variables.is_empty() {
        let keys: Vec<_> = variables.iter().map(String::as_str).collect();
        let comment =
            "The secrets that the handlers refer to. Write them in, and don't check them in.";
        secrets.push(builder.secret("", "Opaque", &keys, comment));
    }
    secrets.extend(
        security::secrets(made.options.tls)
            .map(|it| builder.secret(it.suffix, it.ty, it.keys, it.comment)),
    );
    secrets
}

struct Builder<'a> {
    made: &'a Made<'a>,
    values: &'a Values,
    name: String,
}

impl Builder<'_> {
    fn written(&self, name: &'static str, comment: &str, object: &impl Serialize) -> Written {
        Written {
            name,
            comment: comment.to_owned(),
            yaml: to_yaml(object).expect("the keys of objects are texts"),
        }
    }

    fn object(
        &self,
        api_version: &'static str,
        kind: &'static str,
        file: &'static str,
        comment: &str,
        content: impl Serialize,
    ) -> Written {
        let metadata = Metadata {
            name: self.name.clone(),
            namespace: self.values.namespace.clone(),
            labels: self.labels(),
            ..Metadata::default()
        };
        let object = Object {
            api_version,
            kind,
            metadata,
            content,
        };
        self.written(file, comment, &object)
    }

    /// A secret without its values; its name ends with the suffix.
    fn secret(&self, suffix: &str, ty: &'static str, keys: &[&str], comment: &str) -> Written {
        let values = keys
            .iter()
            .map(|key| ((*key).to_owned(), TO_BE_WRITTEN.to_owned()));
        let content = Secret {
            ty,
            string_data: values.collect(),
        };
        let metadata = Metadata {
            name: format!("{}{suffix}", self.name),
            namespace: self.values.namespace.clone(),
            labels: self.labels(),
            ..Metadata::default()
        };
        let object = Object {
            api_version: "v1",
            kind: "Secret",
            metadata,
            content,
        };
        self.written("secret", comment, &object)
    }

    /// What tells the pods of this program from others.
    fn selected(&self) -> Map {
        [("app".to_owned(), self.name.clone())].into()
    }

    fn selector(&self) -> Selector {
        Selector {
            match_labels: self.selected(),
        }
    }

    fn labels(&self) -> Map {
        let mut labels = self.selected();
        labels.insert("app.kubernetes.io/name".into(), self.name.clone());
        labels.insert("app.kubernetes.io/version".into(), version(self.made));
        labels
    }

    fn namespace(&self) -> Written {
        let metadata = Metadata {
            name: self.values.namespace.clone(),
            ..Metadata::default()
        };
        let object = Object {
            api_version: "v1",
            kind: "Namespace",
            metadata,
            content: Nothing {},
        };
        self.written("namespace", "Where all of it is.", &object)
    }

    fn service_account(&self) -> Written {
        let comment = "Whom the pods run as. They ask nothing of Kubernetes.";
        let content = ServiceAccount {
            automount_service_account_token: false,
        };
        self.object("v1", "ServiceAccount", "serviceaccount", comment, content)
    }

    fn service(&self) -> Written {
        let (cluster_ip, comment) = match self.made.is_headless() {
            true => (
                Some("None"),
                "Where Mixer finds the pods. It keeps one connection for each address, so it is \
                 told all\naddresses instead of one that stands for them.",
            ),
            false => (None, "Where Mixer finds the pod."),
        };
        let service = Service {
            cluster_ip,
            selector: self.selected(),
            ports: vec![ServicePort {
                name: "grpc",
                port: self.values.port.clone(),
                target_port: "grpc",
            }],
        };
        let content = Spec { spec: service };
        self.object("v1", "Service", "service", comment, content)
    }

    fn deployment(&self) -> Written {
        let scaled = self.made.max_replicas() > self.made.replicas();
        let deployment = Deployment {
            replicas: (!scaled).then(|| self.values.replicas.clone()),
            selector: self.selector(),
            strategy: Strategy {
                ty: "RollingUpdate",
                rolling_update: RollingUpdate {
                    max_surge: 1,
                    max_unavailable: 0,
                },
            },
            template: PodTemplate {
                metadata: Metadata {
                    labels: self.pod_labels(),
                    annotations: self.annotations(),
                    ..Metadata::default()
                },
                spec: self.pod(),
            },
        };
        let comment = "The program. A pod is replaced only when the next one is ready.";
        let content = Spec { spec: deployment };
        self.object("apps/v1", "Deployment", "deployment", comment, content)
    }

    fn pod_labels(&self) -> Map {
        let mut labels = self.labels();
        // A sidecar would call Mixer for the calls of Mixer.
        labels.insert("sidecar.istio.io/inject".into(), "false".into());
        labels
    }

    fn annotations(&self) -> Map {
        let annotation = |name: &str, value: String| (name.to_owned(), value);
        [
            annotation("prometheus.io/path", METRICS.into()),
            annotation("prometheus.io/port", ops_port().to_string()),
            annotation("prometheus.io/scrape", "true".into()),
            annotation("sidecar.istio.io/inject", "false".into()),
        ]
        .into()
    }

    fn pod(&self) -> Pod {
        let volumes = self.made.options.volumes.iter().map(|volume| Volume {
            name: volume.name.clone(),
            source: VolumeSource::EmptyDir {},
        });
        let spread = Spread {
            max_skew: 1,
            topology_key: "kubernetes.io/hostname",
            when_unsatisfiable: "ScheduleAnyway",
            label_selector: self.selector(),
        };
        Pod {
            service_account_name: self.name.clone(),
            automount_service_account_token: false,
            priority_class_name: self.made.options.priority_class.clone(),
            termination_grace_period_seconds: grace_period(),
            security_context: PodSecurity {
                run_as_non_root: true,
                run_as_user: USER,
                run_as_group: USER,
                fs_group: USER,
                seccomp_profile: SeccompProfile {
                    ty: "RuntimeDefault",
                },
            },
            topology_spread_constraints: match self.made.is_headless() {
                true => vec![spread],
                false => Vec::new(),
            },
            containers: vec![self.container()],
            volumes: volumes
                .chain(security::volumes(self.made.options.tls, &self.name))
                .collect(),
        }
    }

    fn container(&self) -> Container {
        let variables = secrets::variables(self.made).into_iter();
        let variable = |(name, must): (String, bool)| Variable {
            value: VariableValue::ValueFrom(VariableSource {
                secret_key_ref: SecretKey {
                    name: self.name.clone(),
                    key: name.clone(),
                    optional: !must,
                },
            }),
            name,
        };
        let own = security::variables(self.made.options.tls);
        let mounts = self.made.options.volumes.iter().map(|volume| Mount {
            name: volume.name.clone(),
            mount_path: volume.path.clone(),
            read_only: false,
        });
        Container {
            name: self.name.clone(),
            image: self.values.image.clone(),
            args: self.arguments(),
            env: variables.map(variable).chain(own).collect(),
            ports: vec![
                ContainerPort {
                    name: "grpc",
                    container_port: self.values.port.clone(),
                },
                ContainerPort {
                    name: "ops",
                    container_port: Number::Value(ops_port()),
                },
            ],
            startup_probe: self.probe(READY, 1, 60),
            readiness_probe: self.probe(READY, 5, 2),
            liveness_probe: self.probe(ALIVE, 10, 3),
            resources: Resources {
                requests: resources(&self.values.cpu_request, &self.values.memory_request),
                limits: resources(&self.values.cpu_limit, &self.values.memory_limit),
            },
            security_context: ContainerSecurity {
                allow_privilege_escalation: false,
                read_only_root_filesystem: true,
                capabilities: Capabilities { drop: vec!["ALL"] },
            },
            volume_mounts: mounts
                .chain(security::mounts(self.made.options.tls))
                .collect(),
        }
    }

    /// One adapter of several alone, if it was asked for.
    fn arguments(&self) -> Vec<String> {
        let port = &self.values.port_text;
        match (self.made.chosen, self.made.adapters) {
            (true, [only]) => vec![
                "serve".to_owned(),
                "--listen".to_owned(),
                format!("{}=:{port}", only.adapter.name()),
            ],
            _ => vec![port.clone()],
        }
    }

    fn probe(&self, path: &'static str, period_seconds: u32, failure_threshold: u32) -> Probe {
        Probe {
            way: match self.made.options.tls {
                Tls::None => Way::Grpc {
                    port: self.values.port.clone(),
                },
                // Kubernetes asks over gRPC only in the clear.
                Tls::Server | Tls::Mutual => Way::HttpGet { path, port: "ops" },
            },
            period_seconds,
            timeout_seconds: 2,
            failure_threshold,
        }
    }

    fn disruption_budget(&self) -> Written {
        let comment = "Nodes are emptied one pod after the other.";
        let budget = DisruptionBudget {
            max_unavailable: 1,
            selector: self.selector(),
        };
        let content = Spec { spec: budget };
        let (version, kind) = ("policy/v1", "PodDisruptionBudget");
        self.object(version, kind, "poddisruptionbudget", comment, content)
    }

    fn autoscaler(&self) -> Written {
        let autoscaler = Autoscaler {
            scale_target_ref: Target {
                api_version: "apps/v1",
                kind: "Deployment",
                name: self.name.clone(),
            },
            min_replicas: self.values.replicas.clone(),
            max_replicas: self.values.max_replicas.clone(),
            metrics: vec![Metric {
                ty: "Resource",
                resource: MetricResource {
                    name: "cpu",
                    target: MetricTarget {
                        ty: "Utilization",
                        average_utilization: 75,
                    },
                },
            }],
        };
        let content = Spec { spec: autoscaler };
        let (version, kind) = ("autoscaling/v2", "HorizontalPodAutoscaler");
        let comment = "How many pods there are.";
        self.object(version, kind, "horizontalpodautoscaler", comment, content)
    }

    fn network_policy(&self) -> Written {
        let label = |name: &str, value: &str| Selector {
            match_labels: [(name.to_owned(), value.to_owned())].into(),
        };
        let mixer = Peer {
            namespace_selector: label("kubernetes.io/metadata.name", "istio-system"),
            pod_selector: Some(label("istio", "mixer")),
        };
        let port = |port: &'static str| PolicyPort {
            port,
            protocol: "TCP",
        };
        let policy = NetworkPolicy {
            pod_selector: self.selector(),
            policy_types: vec!["Ingress"],
            ingress: vec![
                Ingress {
                    from: vec![mixer],
                    ports: vec![port("grpc")],
                },
                Ingress {
                    from: Vec::new(),
                    ports: vec![port("ops")],
                },
            ],
        };
        let content = Spec { spec: policy };
        let (version, kind) = ("networking.k8s.io/v1", "NetworkPolicy");
        let comment = "Who may call: Mixer alone. Metrics are for everybody in the cluster.";
        self.object(version, kind, "networkpolicy", comment, content)
    }
}

/// The port for operators, which `serve` opens.
pub(super) fn ops_port() -> u32 {
    OPS_PORT.parse().expect("the default is a port")
}

/// How long a shutdown takes at most, and some seconds more.
fn grace_period() -> u64 {
    let settings = Settings::of_serve();
    (settings.shutdown_delay + settings.drain_timeout).as_secs() + 5
}

fn resources(cpu: &str, memory: &str) -> Map {
    let of = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    [of("cpu", cpu), of("memory", memory)].into()
}
