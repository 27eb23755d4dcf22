//! Certificates as a cluster's authority issues them.

use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, SanType, date_time_ymd,
};

/// The name by which Istio's Mixer is known in a mesh.
pub const MIXER: &str = "spiffe://cluster.local/ns/istio-system/sa/istio-mixer-service-account";

/// Who issues certificates.
#[derive(Debug)]
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    /// Its own certificate.
    pub pem: String,
}

/// A certificate and its key, as PEM.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The certificate.
    pub cert: String,
    /// The key.
    pub key: String,
}

/// For how long a certificate is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    /// For as long as any test runs.
    Now,
    /// It was, once.
    Expired,
}

impl Authority {
    /// A new one.
    ///
    /// # Panics
    /// If there are no random numbers.
    #[must_use]
    pub fn new() -> Authority {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let name = &mut params.distinguished_name;
        name.push(DnType::CommonName, "an authority");
        let key = KeyPair::generate().expect("a key");
        let pem = params.self_signed(&key).expect("a certificate").pem();
        Authority {
            issuer: Issuer::new(params, key),
            pem,
        }
    }

    /// Issues a certificate for these names: URIs have a `://`, others are DNS names.
    ///
    /// # Panics
    /// If a name is none.
    #[must_use]
    pub fn issue(&self, names: &[&str], validity: Validity) -> Identity {
        let mut params = CertificateParams::default();
        let name = |name: &&str| match name.contains("://") {
            true => SanType::URI((*name).try_into().expect("a URI")),
            false => SanType::DnsName((*name).try_into().expect("a DNS name")),
        };
        params.subject_alt_names = names.iter().map(name).collect();
        params.not_before = date_time_ymd(2015, 1, 1);
        params.not_after = match validity {
            Validity::Now => date_time_ymd(2100, 1, 1),
            Validity::Expired => date_time_ymd(2016, 1, 1),
        };
        let key = KeyPair::generate().expect("a key");
        let cert = params.signed_by(&key, &self.issuer).expect("a certificate");
        Identity {
            cert: cert.pem(),
            key: key.serialize_pem(),
        }
    }
}

impl Default for Authority {
    fn default() -> Authority {
        Authority::new()
    }
}

/// A folder as Kubernetes mounts a Secret: its files are links through `..data`, which is swapped.
#[derive(Debug)]
pub struct Mounted {
    folder: tempfile::TempDir,
    generation: std::cell::Cell<u32>,
}

impl Mounted {
    /// With these files in it.
    ///
    /// # Panics
    /// If it can't be written.
    #[must_use]
    pub fn new(files: &[(&str, &str)]) -> Mounted {
        let mounted = Mounted {
            folder: tempfile::tempdir().expect("a folder"),
            generation: std::cell::Cell::new(0),
        };
        mounted.swap(files);
        for (name, _) in files {
            let target = Path::new("..data").join(name);
            std::os::unix::fs::symlink(target, mounted.path(name)).expect("a link");
        }
        mounted
    }

    /// The path of a file.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Replaces all files at once.
    ///
    /// # Panics
    /// If they can't be written.
    pub fn swap(&self, files: &[(&str, &str)]) {
        let generation = self.generation.get() + 1;
        self.generation.set(generation);
        let data = self.path(&format!("..{generation}"));
        std::fs::create_dir(&data).expect("a folder");
        for (name, content) in files {
            std::fs::write(data.join(name), content).expect("a file");
        }
        let link = self.path("..data_tmp");
        std::os::unix::fs::symlink(format!("..{generation}"), &link).expect("a link");
        std::fs::rename(link, self.path("..data")).expect("the links are swapped");
    }
}
