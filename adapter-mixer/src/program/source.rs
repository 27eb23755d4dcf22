//! Where a command has its resources from.

use std::error::Error;
use std::path::PathBuf;

use adapter_runtime::manifest::{Kind, Manifests, Options as ManifestOptions};
use adapter_runtime::{Registry, RegistryError};
use clap::Args;

use crate::config::{Calls, Documents, Hosts};
use crate::{Mixer, Options};

/// Where resources come from, and where adapters are called.
#[derive(Clone, Debug, Args)]
pub(super) struct SourceArgs {
    /// A file or a folder with resources; may be repeated [default: what `manifest operator` makes
    /// of this program's adapters]
    #[arg(long, value_name = "PATH")]
    config: Vec<PathBuf>,
    /// Call also this program's own adapters at the addresses of their handlers
    #[arg(long)]
    as_written: bool,
    /// The namespace whose rules hold for all requests
    #[arg(long, value_name = "NAMESPACE", default_value = "istio-system")]
    default_namespace: String,
}

impl SourceArgs {
    /// These files, and adapters of this program called within it.
    pub(super) fn of(config: Vec<PathBuf>) -> SourceArgs {
        SourceArgs {
            config,
            as_written: false,
            default_namespace: Options::default().default_namespace,
        }
    }

    /// The adapters of this program; `None` if it has none.
    pub(super) fn registry() -> Result<Option<Registry>, RegistryError> {
        match Registry::collect() {
            Ok(registry) => Ok(Some(registry)),
            Err(RegistryError::Empty) => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(super) fn options(&self) -> Options {
        Options {
            calls: match self.as_written {
                true => Calls::AsWritten,
                false => Calls::InProcess,
            },
            default_namespace: self.default_namespace.clone(),
            ..Options::default()
        }
    }

    /// The adapters and templates, for who looks at resources alone.
    pub(super) fn hosts(registry: Option<&Registry>) -> Result<Hosts, Box<dyn Error>> {
        let hosts = match registry {
            Some(registry) => Hosts::of(registry)?,
            None => Hosts::none(),
        };
        Ok(hosts.called(Calls::InProcess))
    }

    /// The resources, and the attributes that Istio's proxies report.
    pub(super) fn documents(
        &self,
        registry: Option<&Registry>,
    ) -> Result<Documents, Box<dyn Error>> {
        let mut documents = Documents::new();
        documents.add_text("(istio) attributes.yaml", istio_attributes());
        match (self.config.is_empty(), registry) {
            (false, _) => documents.add_files(&self.config)?,
            (true, Some(registry)) => {
                let options = ManifestOptions::of_program("mixer");
                for file in Manifests::new(registry, options)?.files(Kind::Operator, None)? {
                    documents.add_text(&format!("(manifest) {}", file.path), file.text);
                }
            }
            (true, None) => {
                return Err(
                    "this program has no adapters: write `--config`, and the folder with the \
                     resources"
                        .into(),
                );
            }
        }
        Ok(documents)
    }

    /// A Mixer with these resources.
    pub(super) async fn mixer(&self) -> Result<Mixer, Box<dyn Error>> {
        let registry = SourceArgs::registry()?;
        let documents = self.documents(registry.as_ref())?;
        Ok(match registry {
            Some(registry) => Mixer::with_options(registry, documents, self.options()).await?,
            None => Mixer::without_adapters(documents, self.options()).await,
        })
    }

    pub(super) fn folder(&self) -> Option<&PathBuf> {
        self.config.first()
    }
}

/// A manifest of the attributes that Istio's proxies report.
fn istio_attributes() -> String {
    let mut text = String::from(
        "kind: attributemanifest\nmetadata: {name: istio-proxy, namespace: istio-system}\nspec:\n  \
         attributes:\n",
    );
    for (name, ty) in crate::attribute::Vocabulary::istio().sorted() {
        text.push_str(&format!("    {name}: {{valueType: {ty}}}\n"));
    }
    text
}
