//! What a client whose request is denied gets to see, where the adapter says so.

use std::collections::BTreeMap;

use http::{HeaderName, HeaderValue};

use crate::proto::policy::{DirectHttpResponse, HttpStatusCode};

/// The HTTP response to a client whose request is denied: a status, headers, cookies and a body.
/// `istio.policy.v1beta1.DirectHttpResponse` of Mixer's adapter model; see
/// [`CheckResult::deny_with`](crate::CheckResult::deny_with).
///
/// ```
/// use adapter_runtime::{HttpResponse, HttpResponseError};
///
/// fn page() -> Result<HttpResponse, HttpResponseError> {
///     let page = HttpResponse::new(403)?
///         .header("content-type", "text/html")?
///         .cookie("session=; Max-Age=0")?
///         .body("<h1>Not for you</h1>");
///     Ok(page)
/// }
/// # assert!(page().is_ok());
/// ```
///
/// All parts are checked as they are given, since what Mixer makes of a wrong one is seen by the
/// client alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpResponse {
    status: HttpStatusCode,
    /// By their names in small letters.
    headers: BTreeMap<String, String>,
    cookies: Vec<String>,
    body: String,
}

/// Why a part of an [`HttpResponse`] can't be sent, and what to write instead.
///
/// The text never holds the value of a header or of a cookie.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct HttpResponseError(String);

/// Headers of the connection to the client or of the body's form, which Envoy sets.
const ENVOYS: [&str; 8] = [
    "connection",
    "content-length",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

const COOKIE: &str = "set-cookie";

impl HttpResponse {
    /// A response with this status, without headers and body. The one that belongs to a code is
    /// [`Code::http_status`](crate::Code::http_status), and can always be sent.
    ///
    /// # Errors
    /// If the status is none of `istio.policy.v1beta1.HttpStatusCode`, which is what Mixer's API
    /// knows, or 100, which answers nothing.
    pub fn new(status: u16) -> Result<HttpResponse, HttpResponseError> {
        let status = match HttpStatusCode::try_from(i32::from(status)) {
            Ok(HttpStatusCode::Continue) => {
                return error(
                    "the HTTP status 100 asks the client to go on: write the status of an answer, \
                     such as 403",
                );
            }
            Ok(HttpStatusCode::Empty) | Err(_) => {
                return error(format!(
                    "{status} is no HTTP status that Mixer's API has: write one of \
                     `istio.policy.v1beta1.HttpStatusCode`, such as 403"
                ));
            }
            Ok(status) => status,
        };
        Ok(HttpResponse {
            status,
            headers: BTreeMap::new(),
            cookies: Vec::new(),
            body: String::new(),
        })
    }

    /// A response that sends the client elsewhere, for now: 302 with a `location`. For another
    /// status, write `HttpResponse::new(303)?.header("location", …)?`.
    ///
    /// # Errors
    /// If the location is empty, or has characters that a URI doesn't have.
    pub fn redirect(location: impl AsRef<str>) -> Result<HttpResponse, HttpResponseError> {
        HttpResponse::new(302)?.header("location", location)
    }

    /// The same with this body. Envoy calls it `text/plain` unless there is a `content-type`.
    #[must_use]
    pub fn body(mut self, body: impl Into<String>) -> HttpResponse {
        self.body = body.into();
        self
    }

    /// The same with a further header, which replaces one of that name in Envoy's own response.
    /// A `set-cookie` is a [`cookie`](HttpResponse::cookie).
    ///
    /// # Errors
    /// If this is no name or no value of a header, if it is given twice, or if Envoy sets it.
    pub fn header(
        mut self,
        name: &str,
        value: impl AsRef<str>,
    ) -> Result<HttpResponse, HttpResponseError> {
        let value = value.as_ref();
        let Ok(header) = HeaderName::from_bytes(name.as_bytes()) else {
            return error(format!(
                "{name:?} is no name of a header: write letters, digits and hyphens, such as \
                 `x-reason`"
            ));
        };
        let name = header.as_str();
        if name == COOKIE {
            return self.cookie(value);
        }
        if ENVOYS.contains(&name) {
            return error(format!(
                "the header `{name}` is set by Envoy, which sends the response: leave it out"
            ));
        }
        check_value(&format!("the header `{name}`"), value)?;
        if name == "location" && (value.is_empty() || value.contains([' ', '\t'])) {
            return error(
                "the header `location` is no URI: write one without blanks, such as \
                 `https://login.example/?next=%2F`",
            );
        }
        if self.headers.contains_key(name) {
            return error(format!(
                "the header `{name}` is given twice, but Mixer takes one value for a name: give \
                 it once, with the values joined by commas if it is a list"
            ));
        }
        self.headers.insert(name.to_owned(), value.to_owned());
        Ok(self)
    }

    /// The same with a further cookie, as the value of a `Set-Cookie` header: `name=value`, then
    /// attributes, such as `session=5; Max-Age=3600; Secure; HttpOnly`.
    ///
    /// Mixer takes one `Set-Cookie` for all cookies and splits it at commas, so no cookie can
    /// have a comma: write `Max-Age`, in seconds, instead of `Expires`, whose date has one, and
    /// `%2C` for one in the cookie's own value.
    ///
    /// # Errors
    /// If there is no `name=` first, or a character that a header or Mixer doesn't take.
    pub fn cookie(mut self, cookie: impl AsRef<str>) -> Result<HttpResponse, HttpResponseError> {
        let cookie = cookie.as_ref();
        let named = cookie
            .split(';')
            .next()
            .and_then(|pair| pair.split_once('='));
        // A cookie's name is made of the same characters as a header's.
        let Some(name) = named
            .map(|(name, _)| name.trim())
            .filter(|name| HeaderName::from_bytes(name.as_bytes()).is_ok())
        else {
            return error(
                "a cookie begins with its name and its value: write `session=5`, then attributes, \
                 such as `session=5; Max-Age=3600; Secure; HttpOnly`",
            );
        };
        check_value(&format!("the cookie `{name}`"), cookie)?;
        if let Some(part) = cookie.split(';').find(|part| part.contains(',')) {
            let attribute = part.split('=').next().unwrap_or_default().trim();
            let remedy = if attribute.eq_ignore_ascii_case("expires") {
                "write `Max-Age=3600`, in seconds, instead of `Expires` and a date"
            } else {
                "write `%2C` instead, and decode it when the cookie comes back"
            };
            return error(format!(
                "the cookie `{name}` has a comma, at which Mixer cuts it in two: {remedy}"
            ));
        }
        self.cookies.push(cookie.to_owned());
        Ok(self)
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status as u16
    }

    /// The body.
    #[must_use]
    pub fn body_text(&self) -> &str {
        &self.body
    }

    /// The headers with their names in small letters, sorted, without the cookies.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The cookies, in the order in which they were given.
    pub fn cookies(&self) -> impl Iterator<Item = &str> {
        self.cookies.iter().map(String::as_str)
    }

    pub(crate) fn to_proto(&self) -> DirectHttpResponse {
        let mut headers = self.headers.clone();
        if !self.cookies.is_empty() {
            headers.insert(COOKIE.to_owned(), self.cookies.join(","));
        }
        DirectHttpResponse {
            code: self.status as i32,
            body: self.body.clone(),
            headers,
        }
    }
}

/// `what` is whose value it is.
fn check_value(what: &str, value: &str) -> Result<(), HttpResponseError> {
    // Other bytes would be legal as such, but have no meaning that clients agree on.
    let illegal =
        |c: &char| !c.is_ascii() || HeaderValue::from_str(c.encode_utf8(&mut [0; 4])).is_err();
    if let Some(c) = value.chars().find(illegal) {
        return error(format!(
            "{what} has the character {c:?}, which headers don't take: percent-encode it, or leave \
             it out"
        ));
    }
    if value.trim_matches([' ', '\t']).len() < value.len() {
        return error(format!(
            "{what} begins or ends with a blank, which would be lost on the way: leave it out"
        ));
    }
    Ok(())
}

fn error<T>(message: impl Into<String>) -> Result<T, HttpResponseError> {
    Err(HttpResponseError(message.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response() -> HttpResponse {
        HttpResponse::new(403).expect("a status")
    }

    #[test]
    fn every_status_of_a_code_can_be_sent() {
        for number in 0..=16 {
            let code = crate::Code::from_number(number).expect("a code");
            assert!(HttpResponse::new(code.http_status()).is_ok(), "{code}");
        }
    }

    #[test]
    fn mistakes_are_explained() {
        let header = |name, value| response().header(name, value);
        let cookie = |text| response().cookie(text);
        for (result, problem) in [
            (
                HttpResponse::new(0),
                "0 is no HTTP status that Mixer's API has",
            ),
            (HttpResponse::new(418), "418 is no HTTP status"),
            (
                HttpResponse::new(100),
                "the HTTP status 100 asks the client to go on",
            ),
            (header("", "x"), "\"\" is no name of a header"),
            (header("a:b", "x"), "\"a:b\" is no name of a header"),
            (header(":status", "200"), "\":status\" is no name"),
            (header("x\r\ny", "x"), r#""x\r\ny" is no name"#),
            (
                header("x-y", "1\r\nset-cookie: a=b"),
                r"the header `x-y` has the character '\r'",
            ),
            (header("x-y", "ü"), "the header `x-y` has the character 'ü'"),
            (
                header("x-y", " 1"),
                "the header `x-y` begins or ends with a blank",
            ),
            (
                header("Content-Length", "5"),
                "the header `content-length` is set by Envoy",
            ),
            (header("Location", "a b"), "the header `location` is no URI"),
            (
                HttpResponse::redirect(""),
                "the header `location` is no URI",
            ),
            (
                header("X-Y", "1").and_then(|response| response.header("x-y", "2")),
                "the header `x-y` is given twice",
            ),
            (cookie("Secure"), "a cookie begins with its name"),
            (cookie("=5"), "a cookie begins with its name"),
            (cookie("a b=5"), "a cookie begins with its name"),
            (cookie("; a=5"), "a cookie begins with its name"),
            (cookie("a=\n"), r"the cookie `a` has the character '\n'"),
            (
                cookie("a=1,2"),
                "the cookie `a` has a comma, at which Mixer cuts it in two: write `%2C`",
            ),
            (
                header("Set-Cookie", "a=1; expires=Wed, 21 Oct 2026 07:28:00 GMT"),
                "the cookie `a` has a comma, at which Mixer cuts it in two: write `Max-Age=3600`",
            ),
        ] {
            let error = result.expect_err(problem).to_string();
            assert!(error.starts_with(problem), "{error}");
        }
    }

    #[test]
    fn cookies_survive_the_split_at_commas() {
        let response = HttpResponse::redirect("/login?a,b")
            .and_then(|response| response.cookie("a=1; Max-Age=5; HttpOnly"))
            .and_then(|response| response.header("Set-Cookie", "b=2"))
            .expect("a response");
        let sent = response.to_proto();
        assert_eq!(sent.headers["location"], "/login?a,b");
        let cookies: Vec<_> = sent.headers["set-cookie"].split(',').collect();
        assert_eq!(cookies, ["a=1; Max-Age=5; HttpOnly", "b=2"]);
        assert!(response.cookies().eq(cookies));
        assert!(response.headers().eq([("location", "/login?a,b")]));
    }
}
