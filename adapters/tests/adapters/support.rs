//! An operator's YAML, and a client that sends what Mixer would make of it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};

use adapter_runtime::document::{self, Node, Problems};
use adapter_runtime::prelude::*;
use adapter_runtime::template::{Template, TemplateInfo, Variety, descriptor_set};
use adapter_runtime::{Registration, config};
use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage};
use prost_types::{Any, FileDescriptorSet};
use serde_json::Value as Json;
use tests::client::Client;
use tests::programs::project;
use tests::protos::compiler;
use tests::served::Served;

/// The handler, the instance and the rule of an adapter's documentation.
pub(crate) struct Operator(Vec<Node>);

impl Operator {
    /// What the documentation of a module shows.
    pub(crate) fn of(module: &str) -> Operator {
        let path = project().join(format!("adapters/yaml/{module}.yaml"));
        let text = std::fs::read_to_string(&path).expect("the file");
        let mut problems = Problems::new();
        let documents = document::parse("operator.yaml", text, &mut problems);
        assert!(problems.is_empty(), "{problems}");
        Operator(documents)
    }

    /// The configuration that the handler has. The resources must fit together: the rule sends
    /// the instances to the handler, which is of this adapter, and these are of its templates.
    pub(crate) fn config<A: Adapter + Registered>(&self) -> A::Config {
        let of_kind = |kind: &'static str| {
            let documents = self.0.iter();
            documents.filter(move |it| it.nearest("kind").as_str().is_ok_and(|it| it == kind))
        };
        let text = |node: &Node, path: &str| node.nearest(path).as_str().expect(path).to_owned();
        let handler = of_kind("handler").next().expect("a handler");
        assert_eq!(text(handler, "spec.adapter"), A::NAME);
        let rule = of_kind("rule").next().expect("a rule");
        let rule_for = text(rule, "spec.actions[0].handler");
        assert_eq!(rule_for, text(handler, "metadata.name"));
        let listed = templates::<A>();
        let instances = rule.nearest("spec.actions[0].instances");
        let instances = instances.as_sequence().expect("instances");
        for name in instances.iter().map(|it| it.as_str().expect("a name")) {
            let instance = of_kind("instance").find(|it| text(it, "metadata.name") == name);
            let template = text(instance.expect(name), "spec.template");
            assert!(listed.contains(&template), "{template}");
        }
        let params = handler.nearest("spec").require("params");
        let none = &document::parse("params.yaml", "{}", &mut Problems::new())[0];
        let mut problems = Problems::new();
        let types = InstanceTypes::default();
        let config = config::validate::<A>(params.unwrap_or(none), &types, &mut problems);
        assert!(problems.is_empty(), "{problems}");
        config.expect("a configuration")
    }
}

/// The names of the templates that an adapter handles.
pub(crate) fn templates<A: Adapter + Registered>() -> Vec<String> {
    let registry = Registry::new([Registration::new::<A>()]).expect("a registry");
    let info = registry.info().remove(0);
    info.templates.into_iter().map(|it| it.name).collect()
}

/// What is wrong with `params`, one line for each problem.
pub(crate) fn problems<A: Adapter>(params: &str) -> Vec<String> {
    let mut problems = Problems::new();
    let node = &document::parse("params.yaml", params, &mut problems)[0];
    let _ = config::validate::<A>(node, &InstanceTypes::default(), &mut problems);
    problems.iter().map(ToString::to_string).collect()
}

/// An adapter that is served on a port, and a handler of it.
pub(crate) struct Remote {
    address: SocketAddr,
    /// The server, if it is in this process.
    served: Option<Served>,
    client: Client,
    config: Any,
}

impl Remote {
    pub(crate) async fn serve<A: Adapter + Registered>(config: &A::Config) -> Remote {
        let served = Served::start([Registration::new::<A>()]).await;
        let mut remote = Remote::at::<A>(served.address, config).await;
        remote.served = Some(served);
        remote
    }

    /// A handler of an adapter that is served there.
    pub(crate) async fn at<A: Adapter + Registered>(
        address: SocketAddr,
        config: &A::Config,
    ) -> Remote {
        Remote {
            address,
            served: None,
            client: Client::connect(address).await,
            config: Any {
                type_url: format!("type.googleapis.com/{}.Params", A::PACKAGE),
                value: config.encode(),
            },
        }
    }

    /// A caller with a connection of its own.
    pub(crate) async fn caller(&self) -> Caller {
        let client = Client::connect(self.address).await;
        let config = self.config.clone();
        Caller { client, config }
    }

    /// Sends a request, which is protobuf's JSON, and gives the answer as such.
    pub(crate) async fn call<T: Template>(&self, request: Json) -> Result<Json, tonic::Status> {
        let (client, config) = (self.client.clone(), self.config.clone());
        Caller { client, config }.call::<T>(request).await
    }

    pub(crate) async fn stop(self) {
        let served = self.served.expect("it is in this process");
        served.stop().await;
    }
}

/// One client.
pub(crate) struct Caller {
    client: Client,
    config: Any,
}

impl Caller {
    /// As [`Remote::call`].
    pub(crate) async fn call<T: Template>(&self, request: Json) -> Result<Json, tonic::Status> {
        #[derive(prost::Message)]
        struct Config {
            #[prost(message, optional, tag = "2")]
            adapter_config: Option<Any>,
        }

        let pool = pool(&T::INFO);
        let name = T::INFO.path.trim_start_matches('/').replace('/', ".");
        let (service, method) = name.rsplit_once('.').expect("a path");
        let service = pool.get_service_by_name(service).expect("a service");
        let method = service.methods().find(|it| it.name() == method);
        let method = method.expect("a method");
        let request = DynamicMessage::deserialize(method.input(), request).expect("a request");
        let mut bytes = request.encode_to_vec();
        let adapter_config = Some(self.config.clone());
        bytes.extend(Config { adapter_config }.encode_to_vec());
        let answer = self.client.call(T::INFO.path, &bytes).await?;
        let answer = DynamicMessage::decode(method.output(), answer).expect("an answer");
        Ok(serde_json::to_value(answer).expect("JSON"))
    }
}

/// The messages of a template, and Istio's own.
fn pool(template: &TemplateInfo) -> DescriptorPool {
    static POOLS: Mutex<BTreeMap<&str, DescriptorPool>> = Mutex::new(BTreeMap::new());
    let mut pools = POOLS.lock().unwrap_or_else(PoisonError::into_inner);
    let pool = pools
        .entry(template.name)
        .or_insert_with(|| compile(template));
    pool.clone()
}

fn compile(template: &TemplateInfo) -> DescriptorPool {
    let mut istio = compiler().file_descriptor_set();
    let own = FileDescriptorSet::decode(&*descriptor_set(template)).expect("descriptors");
    let own = own.file.into_iter().next_back().expect("its own file");
    let known = |it: &prost_types::FileDescriptorProto| it.package() == own.package();
    if !istio.file.iter().any(known) {
        istio.file.push(own);
    }
    DescriptorPool::from_file_descriptor_set(istio).expect("descriptors")
}

/// A verdict, or what became of a report, of a template that has no more than that.
pub(crate) fn is_answer(variety: Variety, answer: &Json) -> bool {
    match variety {
        Variety::Check => answer["validUseCount"].is_i64(),
        _ => answer.as_object().is_some_and(|it| it.is_empty()),
    }
}
