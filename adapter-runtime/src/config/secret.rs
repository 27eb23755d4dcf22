//! Values that nobody may see.

use std::borrow::Cow;
use std::env::VarError;
use std::fmt;
use std::io::Read;
use std::path::Path as FilePath;

use serde_json::Value as Json;
use zeroize::Zeroize;

use super::Kind;
use super::field::{ConfigElement, ConfigField, ConfigMember, encode_bytes};
use super::place::{At, Encoding, Path, Slot};
use super::rules::Check;
use super::secret_access::SecretAccess;
use crate::error::ConfigErrors;
use crate::wire::{Rest, WireType, string};

/// More than this is not read from a file.
const MAX_BYTES: u64 = 64 * 1024;

const REDACTED: &str = "[redacted]";

/// A value of a configuration that nobody may see: a token, a password, a key.
///
/// It is in no output of `{:?}`, `info`, an error or a log, and it is wiped from memory when it is
/// dropped. [`expose`](Secret::expose) gives it to the code that needs it.
///
/// On the wire and in the operator's YAML it is a string. Operators need not write the secret
/// itself into the handler, where whoever may read handlers can read it:
///
/// | the operator writes | the secret is |
/// |---|---|
/// | `${file:/var/run/secrets/adapter/token}` | the content of the file, without the newline at its end; 64 KiB at most |
/// | `${env:SECRET_TOKEN}` | the value of the adapter's environment variable |
/// | `$${…` | itself without the first `$`: a secret that begins with `${` |
/// | anything else | itself |
///
/// Everybody who may call a server chooses the configuration, and with a reference in it what the server
/// reads. So references that came in a request may name only files in the server's
/// [secret folders](crate::Settings::secret_folders) and variables with its
/// [prefix](crate::Settings::secret_env_prefix), or repeat the field's default; and what is wrong with
/// those is told the server's log alone. Defaults that the author wrote and configurations in a program's
/// own files may name any.
///
/// A reference is read when the configuration is validated, which is when a handler is built. A
/// secret that changes afterwards needs a new handler: another configuration, or a restart.
///
/// ```
/// use adapter_runtime::AdapterConfig;
/// use adapter_runtime::config::Secret;
///
/// #[derive(AdapterConfig, Debug)]
/// struct Params {
///     #[config(required)]
///     token: Secret,
/// }
///
/// let params = Params { token: Secret::new("hunter2") };
/// assert_eq!(params.token.expose(), "hunter2");
/// assert_eq!(format!("{params:?}"), "Params { token: [redacted] }");
/// ```
pub struct Secret<T: SecretValue = String> {
    /// The text as the operator wrote it.
    written: String,
    value: T,
    resolved: bool,
    /// Whether it came over the wire, from whoever may call.
    foreign: bool,
}

/// What a [`Secret`] can be: a `String`, or a type of your own that is made from a text.
pub trait SecretValue: Default + Send + Sync + 'static {
    /// The value of a text, `None` if it is none. There is no error, since it could show the text.
    fn from_text(text: &str) -> Option<Self>;

    /// The text that gives the value.
    fn text(&self) -> Cow<'_, str>;

    /// Overwrites the value in memory.
    fn wipe(&mut self);
}

impl SecretValue for String {
    fn from_text(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    fn text(&self) -> Cow<'_, str> {
        self.as_str().into()
    }

    fn wipe(&mut self) {
        self.zeroize();
    }
}

/// How an operator wrote a secret.
enum Written<'a> {
    Literal(&'a str),
    File(&'a str),
    Env(&'a str),
    /// Like a reference, but none.
    Unknown,
}

impl<'a> Written<'a> {
    fn parse(written: &'a str) -> Written<'a> {
        match signs(written) {
            0 => return Written::Literal(written),
            1 => {}
            _ => return Written::Literal(&written[1..]),
        }
        let reference = written[2..].strip_suffix('}');
        match reference.and_then(|reference| reference.split_once(':')) {
            Some(("file", path)) if FilePath::new(path).is_absolute() => Written::File(path),
            Some(("env", name)) if is_variable(name) => Written::Env(name),
            _ => Written::Unknown,
        }
    }
}

/// Why a secret can't be read, for everybody to see.
enum Unread {
    /// It is not where the program runs; it may be where the adapter does.
    Absent(String),
    /// It is wrong wherever it is read.
    Wrong(String),
}

/// How many `$` a text begins with, if a `{` follows them.
fn signs(text: &str) -> usize {
    let rest = text.trim_start_matches('$');
    match rest.starts_with('{') {
        true => text.len() - rest.len(),
        false => 0,
    }
}

fn is_variable(name: &str) -> bool {
    name.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic())
        && name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric())
}

impl<T: SecretValue> Secret<T> {
    /// A secret of this value, which is never taken for a reference.
    #[must_use]
    pub fn new(value: impl Into<T>) -> Secret<T> {
        let value = value.into();
        let written = match value.text() {
            text if signs(&text) > 0 => format!("${text}"),
            text => text.into_owned(),
        };
        Secret {
            written,
            value,
            resolved: true,
            foreign: false,
        }
    }

    /// A secret as an operator writes it: itself, or a reference, which is read when the
    /// configuration is validated.
    #[must_use]
    pub fn written(text: impl Into<String>) -> Secret<T> {
        Secret {
            written: text.into(),
            value: T::default(),
            resolved: false,
            foreign: false,
        }
    }

    /// The secret itself. Before a configuration is validated, which is before an adapter gets it,
    /// and in its `validate` if the secret can't be read, it is the default of its type: empty.
    #[must_use]
    pub fn expose(&self) -> &T {
        &self.value
    }

    /// The reference with which the operator wrote the secret: `${env:TOKEN}`.
    fn reference(&self) -> Option<&str> {
        match Written::parse(&self.written) {
            Written::File(_) | Written::Env(_) => Some(&self.written),
            Written::Literal(_) | Written::Unknown => None,
        }
    }

    /// Reads the secret, unless it was read.
    fn resolve(&mut self) -> Result<(), Unread> {
        if self.resolved {
            return Ok(());
        }
        if self.written == REDACTED {
            return Err(Unread::Wrong(format!(
                "is `{REDACTED}`, which stands for a secret where one is shown: write the secret \
                 itself or a reference"
            )));
        }
        let access = self.foreign.then(SecretAccess::current).flatten();
        let mut text = match Written::parse(&self.written) {
            Written::Literal(text) => text.to_owned(),
            Written::File(path) => {
                let file = FilePath::new(path);
                let read = || {
                    read(file).map_err(|problem| {
                        format!("can't be read from the file `{path}`: {problem}")
                    })
                };
                match &access {
                    Some(access) => access.file(file, read).map_err(Unread::Wrong)?,
                    None => read().map_err(Unread::Absent)?,
                }
            }
            Written::Env(name) => {
                let read = || std::env::var(name).map_err(|error| not_there(name, &error));
                match &access {
                    Some(access) => access.variable(name, read).map_err(Unread::Wrong)?,
                    None => read().map_err(Unread::Absent)?,
                }
            }
            Written::Unknown => {
                return Err(Unread::Wrong(
                    "begins with `${` but is no reference: write `${file:/path}`, \
                     `${env:NAME}`, or `$${` where the secret itself begins with `${`"
                        .to_owned(),
                ));
            }
        };
        let not_a_value = || "is not a value that this secret can have".to_owned();
        let value = T::from_text(&text).ok_or_else(|| Unread::Wrong(not_a_value()));
        text.zeroize();
        self.value.wipe();
        self.value = value?;
        self.resolved = true;
        Ok(())
    }
}

fn not_there(name: &str, error: &VarError) -> String {
    match error {
        VarError::NotPresent => format!("the environment variable `{name}` is not set"),
        VarError::NotUnicode(_) => format!("the environment variable `{name}` is not UTF-8"),
    }
}

/// The content of a file without the newline at its end.
fn read(path: &FilePath) -> Result<String, String> {
    // Anything else, such as a pipe, could block.
    let metadata = std::fs::metadata(path).map_err(|error| error.to_string())?;
    if !metadata.is_file() {
        return Err("it is not a file".to_owned());
    }
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    // As large as it can get, since what a growing vector leaves behind would not be wiped.
    let mut content = Vec::with_capacity(MAX_BYTES as usize + 1);
    let read = file.take(MAX_BYTES + 1).read_to_end(&mut content);
    let text = match (read, std::str::from_utf8(&content)) {
        (Err(error), _) => Err(error.to_string()),
        (Ok(_), _) if content.len() as u64 > MAX_BYTES => {
            Err(format!("it has more than {MAX_BYTES} bytes"))
        }
        (Ok(_), Err(_)) => Err("it is not UTF-8".to_owned()),
        (Ok(_), Ok(text)) => {
            let line = text.strip_suffix('\n').unwrap_or(text);
            Ok(line.strip_suffix('\r').unwrap_or(line).to_owned())
        }
    };
    content.zeroize();
    text
}

impl<T: SecretValue> Drop for Secret<T> {
    fn drop(&mut self) {
        self.written.zeroize();
        self.value.wipe();
    }
}

impl<T: SecretValue> Default for Secret<T> {
    fn default() -> Secret<T> {
        Secret::written("")
    }
}

impl<T: SecretValue + Clone> Clone for Secret<T> {
    fn clone(&self) -> Secret<T> {
        Secret {
            written: self.written.clone(),
            value: self.value.clone(),
            resolved: self.resolved,
            foreign: self.foreign,
        }
    }
}

/// Equal where the operator wrote the same. Not in constant time.
impl<T: SecretValue> PartialEq for Secret<T> {
    fn eq(&self, other: &Secret<T>) -> bool {
        self.written == other.written
    }
}

impl<T: SecretValue> Eq for Secret<T> {}

impl<T: SecretValue> fmt::Debug for Secret<T> {
    /// The reference if there is one, or `[redacted]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reference().unwrap_or(REDACTED))
    }
}

impl<T: SecretValue> ConfigField for Secret<T> {
    // What arrives is compared with the default first.
    const REPLACES_DEFAULT: bool = false;

    fn empty() -> Secret<T> {
        Secret::default()
    }

    fn kind(_: Encoding) -> Kind {
        Kind::Secret
    }

    fn merge<'a>(&mut self, wire: WireType, input: &'a [u8], _: At<'_>) -> Rest<'a> {
        let (text, rest) = string(wire, input)?;
        // Who repeats the author's default chooses nothing.
        let own = !self.foreign && self.written == text;
        *self = Secret::written(text);
        self.foreign = !own;
        Ok(rest)
    }

    fn encode(&self, slot: Slot, out: &mut Vec<u8>) {
        encode_bytes(slot.tag, self.written.as_bytes(), out);
    }

    fn show(&self) -> Json {
        match (self.reference(), self.written.as_str()) {
            (Some(reference), _) => reference.into(),
            (None, "") => "".into(),
            (None, _) => REDACTED.into(),
        }
    }

    fn check(&mut self, check: Check<'_>, path: &Path<'_>, errors: &mut ConfigErrors) {
        if self.written.is_empty() {
            return check.text("", None, path, errors);
        }
        match self.resolve() {
            Ok(()) => {
                let mut text = self.value.text().into_owned();
                check.text(&text, None, path, errors);
                text.zeroize();
            }
            Err(Unread::Wrong(problem)) => errors.push(path.to_string(), problem),
            Err(Unread::Absent(problem)) => errors.push_absent(path.to_string(), problem),
        }
    }
}

impl<T: SecretValue> ConfigElement for Secret<T> {}

impl<T: SecretValue> ConfigMember for Secret<T> {}
