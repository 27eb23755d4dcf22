// Kubernetes doesn't take the name that derives from the struct's.
use adapter_runtime::*;

#[mixer_adapter(templates = ["metric"])]
struct Größe;

impl Adapter for Größe {
    type Config = NoConfig;
    async fn build(_: NoConfig, _: Setup) -> Result<Self, BuildError> { Ok(Größe) }
}

fn main() {}
