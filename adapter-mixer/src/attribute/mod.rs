//! Attributes: what is known of a request, by name.
//!
//! A [`Vocabulary`] says which attributes there are and of which type. Their values come in bags:
//! anything that implements [`Attributes`], such as a [`Bag`] that a program fills, or a
//! [`WireBag`] that reads what a proxy sent. [`Tracked`] notes which attributes are read, for
//! those are what an answer depends on. Semantics: "Attributes" in Istio's documentation of
//! policies and telemetry, `istio.mixer.v1` on the wire.

mod bag;
mod cache_key;
mod dictionary;
mod eager;
mod encode;
mod literal;
mod message;
mod name;
mod reference;
mod report;
mod value;
mod vocabulary;
mod wire_bag;
mod words;

pub use crate::wire::Malformed;
pub use bag::{Attributes, Bag};
pub use cache_key::{CacheKey, KeyShape};
pub use dictionary::{GlobalDictionary, UnknownWords};
pub use eager::{DecodeError, DecodeErrors};
pub use encode::compress;
pub use name::Name;
pub use reference::{Condition, Reference, References, Tracked};
pub use report::{ReportBag, ReportBags};
pub use value::{MapRef, ValueRef};
pub use vocabulary::Vocabulary;
pub use wire_bag::WireBag;
pub use words::GLOBAL_WORDS;
