//! Strings with a meaning: DNS names, e-mail addresses, URIs.

use std::fmt;

use super::Str;

macro_rules! named_string {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Str);

        impl $name {
            /// The text as it was sent.
            #[must_use]
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }

            pub(crate) fn text_mut(&mut self) -> &mut Str {
                &mut self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text.into())
            }
        }

        impl From<Str> for $name {
            fn from(text: Str) -> Self {
                Self(text)
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.as_str() == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.as_str() == *other
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self.as_str(), f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(self.as_str(), f)
            }
        }
    };
}

named_string! {
    /// A DNS name: `istio.policy.v1beta1.DNSName`. Not validated here; equality is of the text.
    DnsName
}

named_string! {
    /// An e-mail address: `istio.policy.v1beta1.EmailAddress`. Not validated here; equality is of
    /// the text.
    EmailAddress
}

named_string! {
    /// A URI: `istio.policy.v1beta1.Uri`. Not validated here; equality is of the text.
    Uri
}
