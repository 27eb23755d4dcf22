//! How Mixer and the adapter know each other: certificates and tokens, which are secrets.

use super::super::Tls;
use super::objects::{Mount, Variable, VariableValue, Volume, VolumeSource};
use crate::server::settings::env_of;

/// Where the certificates are.
const CERTIFICATES: &str = "/etc/adapter/tls";

/// Where the tokens are.
const TOKENS: &str = "/etc/adapter/tokens";

/// Whom the certificate of Mixer names.
const MIXER: &str = "spiffe://cluster.local/ns/istio-system/sa/istio-mixer-service-account";

/// A secret that the operator fills in.
pub(super) struct Wanted {
    /// What stands behind the program's name.
    pub(super) suffix: &'static str,
    pub(super) ty: &'static str,
    pub(super) keys: &'static [&'static str],
    pub(super) comment: &'static str,
    /// Where its keys are files.
    path: &'static str,
}

pub(super) fn secrets(tls: Tls) -> impl Iterator<Item = Wanted> {
    let certificate = Wanted {
        suffix: "-tls",
        ty: "kubernetes.io/tls",
        keys: &["tls.crt", "tls.key"],
        comment: "The certificate of the adapter, for the name of its service, and the private key. \
                  A program that\nissues certificates can keep it up to date: it is read again.",
        path: CERTIFICATES,
    };
    let mutual = Wanted {
        keys: &["ca.crt", "tls.crt", "tls.key"],
        comment: "The certificate of the adapter, for the name of its service and with the URI that \
                  Mixer's own has, the\nprivate key, and the authority that signs Mixer's.",
        ..certificate
    };
    let tokens = Wanted {
        suffix: "-tokens",
        ty: "Opaque",
        keys: &["mixer"],
        comment: "What Mixer must send. The same without a newline is the file `tokenPath` of the \
                  handler.",
        path: TOKENS,
    };
    let wanted = match tls {
        Tls::None => Vec::new(),
        Tls::Server => vec![certificate, tokens],
        Tls::Mutual => vec![mutual],
    };
    wanted.into_iter()
}

/// What the server is told of them.
pub(super) fn variables(tls: Tls) -> Vec<Variable> {
    let variable = |setting: &str, value: String| Variable {
        name: env_of(setting),
        value: VariableValue::Value(value),
    };
    let certificate = || {
        vec![
            variable("tls-cert", format!("{CERTIFICATES}/tls.crt")),
            variable("tls-key", format!("{CERTIFICATES}/tls.key")),
        ]
    };
    let more = match tls {
        Tls::None => return Vec::new(),
        Tls::Server => vec![variable("token-files", format!("{TOKENS}/mixer"))],
        Tls::Mutual => vec![
            variable("tls-client-ca", format!("{CERTIFICATES}/ca.crt")),
            variable("tls-client-names", MIXER.to_owned()),
        ],
    };
    [certificate(), more].concat()
}

pub(super) fn mounts(tls: Tls) -> impl Iterator<Item = Mount> {
    secrets(tls).map(|secret| Mount {
        name: name(&secret),
        mount_path: secret.path.to_owned(),
        read_only: true,
    })
}

pub(super) fn volumes(tls: Tls, program: &str) -> impl Iterator<Item = Volume> {
    secrets(tls).map(move |secret| Volume {
        name: name(&secret),
        source: VolumeSource::Secret {
            secret_name: format!("{program}{}", secret.suffix),
        },
    })
}

/// What a volume is called within the pod. No volume of the operator's is called so.
fn name(secret: &Wanted) -> String {
    format!("adapter{}", secret.suffix)
}
