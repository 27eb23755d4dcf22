//! The tokens of clients.

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use http::{HeaderMap, HeaderName};
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

use super::Problem;
use crate::code::Code;
use crate::server::settings::Settings;
use crate::status::Status;

/// More than this is no file of tokens.
const MAX_BYTES: usize = 1024 * 1024;

/// The tokens that are valid now.
pub(super) struct Tokens {
    header: HeaderName,
    valid: RwLock<Arc<Valid>>,
}

/// The content of the files, and where the tokens are in it.
struct Valid {
    content: Zeroizing<Vec<u8>>,
}

impl Valid {
    fn read(settings: &Settings) -> Result<Valid, Problem> {
        let mut content = Zeroizing::new(Vec::new());
        for file in &settings.token_files {
            let text = read(file)?;
            if lines(&text).next().is_none() {
                let problem = format!("the file `{}` has no token in it", file.display());
                return Err(Problem::new("token-files", problem));
            }
            content.extend_from_slice(&text);
            content.push(b'\n');
        }
        Ok(Valid { content })
    }

    /// Compares with all of them, in a time that says nothing about any but its length.
    fn has(&self, token: &[u8]) -> bool {
        let none = Choice::from(0);
        let any = lines(&self.content).fold(none, |any, valid| any | valid.ct_eq(token));
        any.into()
    }
}

fn read(file: &Path) -> Result<Zeroizing<Vec<u8>>, Problem> {
    let problem = |text: String| {
        let problem = format!("the file `{}` can't be read: {text}", file.display());
        Problem::new("token-files", problem)
    };
    let content = std::fs::read(file).map_err(|error| problem(error.to_string()))?;
    let content = Zeroizing::new(content);
    match content.len() > MAX_BYTES {
        true => Err(problem(format!("it has more than {MAX_BYTES} bytes"))),
        false => Ok(content),
    }
}

fn lines(content: &[u8]) -> impl Iterator<Item = &[u8]> {
    let lines = content.split(|byte| *byte == b'\n');
    lines
        .map(<[u8]>::trim_ascii)
        .filter(|line| !line.is_empty())
}

impl Tokens {
    pub(super) fn load(settings: &Settings) -> Result<Tokens, Problem> {
        Ok(Tokens {
            header: settings.token_header.clone(),
            valid: RwLock::new(Arc::new(Valid::read(settings)?)),
        })
    }

    /// Reads the files again; `None` if nothing has changed.
    pub(super) fn reload(&self, settings: &Settings) -> Option<Result<(), Problem>> {
        let valid = match Valid::read(settings) {
            Ok(valid) => valid,
            Err(problem) => return Some(Err(problem)),
        };
        if valid.content == self.valid().content {
            return None;
        }
        *self.valid.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(valid);
        Some(Ok(()))
    }

    /// Whether a call has one of the tokens, alone or after `Bearer`.
    pub(super) fn check(&self, headers: &HeaderMap) -> Result<(), Status> {
        let header = &self.header;
        let refused = |problem: String| Err(Status::new(Code::Unauthenticated, problem));
        let mut values = headers.get_all(header).iter();
        let (value, more) = (values.next(), values.next());
        match (value, more) {
            (None, _) => refused(format!(
                "the call has no token: send one in the header `{header}`"
            )),
            (Some(_), Some(_)) => refused(format!("the call has several headers `{header}`")),
            (Some(value), None) => match self.valid().has(token(value.as_bytes())) {
                true => Ok(()),
                false => refused(format!("the token in the header `{header}` is not valid")),
            },
        }
    }

    fn valid(&self) -> Arc<Valid> {
        self.valid
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

fn token(value: &[u8]) -> &[u8] {
    const SCHEME: &[u8] = b"bearer ";
    match value.split_at_checked(SCHEME.len()) {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case(SCHEME) => token.trim_ascii(),
        _ => value.trim_ascii(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_tokens_are_valid_until_the_file_says_otherwise() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("tokens");
        let settings = Settings {
            token_files: vec![file.clone()],
            ..Settings::default()
        };
        let load = || Tokens::load(&settings).map_err(|problem| problem.text);
        assert!(
            load()
                .err()
                .is_some_and(|problem| problem.contains("can't be read"))
        );
        std::fs::write(&file, " \n\n").expect("a file");
        assert!(
            load()
                .err()
                .is_some_and(|problem| problem.contains("no token"))
        );
        std::fs::write(&file, "old\r\n new\n").expect("a file");
        let tokens = load().expect("two tokens");
        let check = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("authorization", value.parse().expect("a header"));
            tokens.check(&headers).is_ok()
        };
        for value in ["old", "Bearer new", "bearer  old"] {
            assert!(check(value), "{value}");
        }
        for value in ["", "Bearer", "Bearer ", "ol", "oldnew", "Basic old"] {
            assert!(!check(value), "{value}");
        }
        assert!(tokens.check(&HeaderMap::new()).is_err());
        assert!(tokens.reload(&settings).is_none(), "nothing has changed");
        std::fs::write(&file, "new").expect("a file");
        assert!(matches!(tokens.reload(&settings), Some(Ok(()))));
        assert!(!check("old") && check("new"));
        std::fs::remove_file(&file).expect("a file");
        assert!(matches!(tokens.reload(&settings), Some(Err(_))));
        assert!(check("new"), "what was read before stays valid");
    }
}
