//! Which types a field of a template can have. They are recognised by the last segment of their
//! path, so that any way of naming them works; whether it is the right one, the compiler says.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::ext::IdentExt;
use syn::{GenericArgument, Path, PathArguments, Type, TypePath};

use crate::runtime::Runtime;

const SCALARS: [&str; 11] = [
    "DnsName",
    "Duration",
    "EmailAddress",
    "IpAddress",
    "Str",
    "String",
    "TimeStamp",
    "Uri",
    "bool",
    "f64",
    "i64",
];

/// What a field holds, as far as it matters to the template's `Type`.
pub(super) enum Kind {
    Scalar,
    /// A value whose type the operator's expression decides.
    Value,
    Message(Box<Type>),
    Map(Box<Kind>),
}

impl Kind {
    pub(super) fn of(ty: &Type) -> syn::Result<Kind> {
        let segment = match bare(ty) {
            Type::Path(TypePath {
                qself: None, path, ..
            }) => last(path)?,
            Type::Reference(reference) => {
                let owned = match bare(&reference.elem) {
                    Type::Path(path) if path.path.is_ident("str") => "write `Str`",
                    _ => "write the type without `&`",
                };
                return refuse(ty, format!("an instance owns its data: {owned}"));
            }
            Type::Array(_) | Type::Slice(_) => {
                return refuse(ty, "Mixer's templates have no lists: write `Map<…>`");
            }
            Type::Tuple(_) => {
                return refuse(
                    ty,
                    "a field is one value: write several fields, or `Option` of a struct with \
                     `#[mixer_template(message)]`",
                );
            }
            _ => {
                return refuse(
                    ty,
                    "this can't be a field of a template: write a type of \
                     `adapter_runtime::value`, such as `Value`",
                );
            }
        };
        let name = segment.name.as_str();
        if let Some(kind) = single(&segment) {
            return Ok(kind);
        }
        match (name, segment.arguments.as_slice()) {
            ("Map", [value])
            | ("HashMap" | "BTreeMap", [_, value])
            | ("HashMap", [_, value, _]) => {
                if let Some(key) = segment.arguments.first().filter(|_| name != "Map") {
                    check_key(key)?;
                }
                map_of(value).map(|kind| Kind::Map(Box::new(kind)))
            }
            ("Map", _) => refuse(ty, "a map has the type of its values: write `Map<Value>`"),
            ("HashMap" | "BTreeMap", _) => refuse(
                ty,
                format!("Mixer's maps have strings as keys: write `{name}<String, Value>`"),
            ),
            ("Option", [message]) => optional(message),
            _ => refuse(ty, instead(name)),
        }
    }

    /// Whether an expression decides the type of what the field itself holds.
    pub(super) fn is_value(&self) -> bool {
        match self {
            Kind::Value => true,
            Kind::Map(value) => value.is_value(),
            Kind::Scalar | Kind::Message(_) => false,
        }
    }

    /// The message that the field holds.
    pub(super) fn message(&self) -> Option<&Type> {
        match self {
            Kind::Message(message) => Some(message),
            Kind::Map(value) => value.message(),
            Kind::Scalar | Kind::Value => None,
        }
    }

    /// The type of the field's counterpart in the template's `Type`; `None` if there is none,
    /// because no expression decides anything.
    pub(super) fn type_of(&self, runtime: &Runtime) -> Option<TokenStream> {
        let p = runtime.private();
        match self {
            Kind::Scalar => None,
            Kind::Value => Some(quote!(#p::ValueType)),
            Kind::Message(message) => {
                let ty = type_of_message(message);
                Some(quote!(::core::option::Option<#ty>))
            }
            Kind::Map(value) => {
                let value = match &**value {
                    Kind::Message(message) => type_of_message(message),
                    other => other.type_of(runtime)?,
                };
                Some(quote!(#p::Map<#value>))
            }
        }
    }
}

/// The `Type` of a message, which the macro makes beside it. By its name, because a message that is
/// none would be an error wherever the struct of the types is used if this were a projection.
fn type_of_message(message: &Type) -> TokenStream {
    let mut ty = bare(message).clone();
    if let Type::Path(path) = &mut ty
        && let Some(last) = path.path.segments.last_mut()
    {
        last.ident = format_ident!("{}Type", last.ident.unraw(), span = last.ident.span());
    }
    ty.into_token_stream()
}

/// The last segment of a path.
pub(super) struct Segment<'a> {
    pub(super) name: String,
    pub(super) arguments: Vec<&'a Type>,
}

pub(super) fn last(path: &Path) -> syn::Result<Segment<'_>> {
    let Some(segment) = path.segments.last() else {
        return refuse(path, "a type is missing");
    };
    let arguments = match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => {
            let types = arguments.args.iter().filter_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            });
            types.collect()
        }
        _ => Vec::new(),
    };
    Ok(Segment {
        name: segment.ident.to_string(),
        arguments,
    })
}

/// The type without parentheses and the invisible groups that `macro_rules!` leaves behind.
pub(super) fn bare(mut ty: &Type) -> &Type {
    loop {
        ty = match ty {
            Type::Group(group) => &group.elem,
            Type::Paren(paren) => &paren.elem,
            _ => return ty,
        };
    }
}

/// A type that holds one value.
pub(super) fn single(segment: &Segment<'_>) -> Option<Kind> {
    match segment.name.as_str() {
        _ if !segment.arguments.is_empty() => None,
        "Value" => Some(Kind::Value),
        name => SCALARS.contains(&name).then_some(Kind::Scalar),
    }
}

/// The values of a map.
fn map_of(value: &Type) -> syn::Result<Kind> {
    match bare(value) {
        Type::Path(TypePath {
            qself: None, path, ..
        }) => {
            let segment = last(path)?;
            if let Some(kind) = single(&segment) {
                return Ok(kind);
            }
            match segment.name.as_str() {
                "Map" | "HashMap" | "BTreeMap" => refuse(
                    value,
                    "Mixer's maps can't hold maps: write a struct with \
                     `#[mixer_template(message)]` that holds the inner one",
                ),
                "Option" => refuse(
                    value,
                    "an entry of a map that is there has a value: write its type without `Option`",
                ),
                _ if is_message(&segment) => Ok(Kind::Message(Box::new(value.clone()))),
                name => refuse(value, instead(name)),
            }
        }
        _ => Kind::of(value),
    }
}

/// The content of an `Option`, which is a message.
fn optional(content: &Type) -> syn::Result<Kind> {
    if let Type::Path(TypePath {
        qself: None, path, ..
    }) = bare(content)
    {
        let segment = last(path)?;
        if single(&segment).is_some() || is_map(&segment) {
            return refuse(
                content,
                "Mixer doesn't tell an absent value from an empty one: write the type without \
                 `Option`, which is only for messages",
            );
        }
        if is_message(&segment) {
            return Ok(Kind::Message(Box::new(content.clone())));
        }
        return refuse(content, instead(&segment.name));
    }
    Kind::of(content)
}

fn check_key(key: &Type) -> syn::Result<()> {
    match bare(key) {
        Type::Path(path)
            if path
                .path
                .segments
                .last()
                .is_some_and(|s| s.ident == "String") =>
        {
            Ok(())
        }
        _ => refuse(key, "Mixer's maps have strings as keys: write `String`"),
    }
}

pub(super) fn is_map(segment: &Segment<'_>) -> bool {
    matches!(&*segment.name, "Map" | "HashMap" | "BTreeMap")
}

pub(super) fn is_message(segment: &Segment<'_>) -> bool {
    segment.arguments.is_empty() && replacement(&segment.name).is_none()
}

/// What to write instead of a type that Mixer doesn't have.
fn replacement(name: &str) -> Option<&'static str> {
    Some(match name {
        "u8" | "u16" | "u32" | "u64" | "u128" | "usize" | "i8" | "i16" | "i32" | "i128"
        | "isize" => "Mixer's only integer is int64; write `i64`",
        "f32" => "Mixer's only floating-point number is double; write `f64`",
        "char" | "str" => "Mixer's only text is string; write `Str`",
        "Vec" | "VecDeque" | "HashSet" | "BTreeSet" => {
            "Mixer's templates have no lists; write `Map<…>`"
        }
        "SystemTime" | "Instant" => "Mixer's time is TimeStamp; write `TimeStamp`",
        "IpAddr" | "Ipv4Addr" | "Ipv6Addr" => "Mixer's address is IPAddress; write `IpAddress`",
        "Box" | "Rc" | "Arc" | "Cow" => "an instance owns its data; write the type that is inside",
        _ => return None,
    })
}

fn instead(name: &str) -> String {
    match replacement(name) {
        Some(instead) => format!("`{name}` can't be a field of a template: {instead}"),
        None => format!(
            "a message may be absent from what Mixer sends: write `Option<{name}>`, where `{name}` \
             is a struct with `#[mixer_template(message)]`"
        ),
    }
}

pub(super) fn refuse<T>(tokens: impl ToTokens, message: impl std::fmt::Display) -> syn::Result<T> {
    Err(syn::Error::new_spanned(tokens, message))
}
