//! The types of a descriptor, by name.

use std::collections::HashMap;
use std::sync::Arc;

use super::descriptor::{self, DescriptorError, FileSet};
use crate::suggest;

/// The messages and enums of a descriptor. Types that it names without having them are errors
/// only where they are needed, as in Mixer.
#[derive(Debug, Default)]
pub(super) struct Schema {
    messages: HashMap<String, Arc<Message>>,
    enums: HashMap<String, Arc<Enum>>,
}

/// A message.
#[derive(Debug)]
pub(super) struct Message {
    /// The name without the package.
    pub(super) name: String,
    pub(super) fields: Vec<Field>,
    pub(super) is_map_entry: bool,
}

/// A field.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: String,
    json_name: String,
    pub(super) number: u32,
    pub(super) kind: Kind,
    pub(super) repeated: bool,
    /// All values of a repeated one stand behind one key.
    pub(super) packed: bool,
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Scalar(Scalar),
    /// With the full name, which begins with a dot.
    Enum(String),
    /// With the full name, which begins with a dot.
    Message(String),
    Bytes,
    Group,
}

macro_rules! scalars {
    ($($name:ident = $number:literal, $text:literal, $go:literal;)+) => {
        /// What needs nothing else to be written.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Scalar {
            $($name,)+
        }

        impl Scalar {
            fn from_number(number: i32) -> Option<Scalar> {
                match number { $($number => Some(Scalar::$name),)+ _ => None }
            }

            /// The name in descriptors, as Mixer's errors have it.
            pub(super) fn proto_name(self) -> &'static str {
                match self { $(Scalar::$name => $text,)+ }
            }

            /// The type that Mixer's errors call it.
            pub(super) fn go_name(self) -> &'static str {
                match self { $(Scalar::$name => $go,)+ }
            }
        }
    };
}

scalars! {
    Double = 1, "TYPE_DOUBLE", "float64";
    Float = 2, "TYPE_FLOAT", "float32";
    Int64 = 3, "TYPE_INT64", "int64";
    Uint64 = 4, "TYPE_UINT64", "uint64";
    Int32 = 5, "TYPE_INT32", "int32";
    Fixed64 = 6, "TYPE_FIXED64", "uint64";
    Fixed32 = 7, "TYPE_FIXED32", "uint32";
    Bool = 8, "TYPE_BOOL", "bool";
    String = 9, "TYPE_STRING", "string";
    Uint32 = 13, "TYPE_UINT32", "uint32";
    Sfixed32 = 15, "TYPE_SFIXED32", "int32";
    Sfixed64 = 16, "TYPE_SFIXED64", "int64";
    Sint32 = 17, "TYPE_SINT32", "int32";
    Sint64 = 18, "TYPE_SINT64", "int64";
}

impl Scalar {
    pub(super) fn wire_type(self) -> u32 {
        match self {
            Scalar::Double | Scalar::Fixed64 | Scalar::Sfixed64 => 1,
            Scalar::String => 2,
            Scalar::Float | Scalar::Fixed32 | Scalar::Sfixed32 => 5,
            _ => 0,
        }
    }
}

impl Kind {
    /// The name in descriptors, as Mixer's errors have it.
    pub(super) fn proto_name(&self) -> &'static str {
        match self {
            Kind::Scalar(scalar) => scalar.proto_name(),
            Kind::Enum(_) => "TYPE_ENUM",
            Kind::Message(_) => "TYPE_MESSAGE",
            Kind::Bytes => "TYPE_BYTES",
            Kind::Group => "TYPE_GROUP",
        }
    }

    /// The type that Mixer's errors call it.
    pub(super) fn go_name(&self) -> &str {
        match self {
            Kind::Scalar(scalar) => scalar.go_name(),
            Kind::Enum(name) | Kind::Message(name) => name.trim_matches('.'),
            Kind::Bytes | Kind::Group => "",
        }
    }
}

/// An enum.
#[derive(Debug)]
pub(super) struct Enum {
    /// The name without the package.
    pub(super) name: String,
    values: Vec<(String, i32)>,
}

impl Enum {
    /// The number of a value.
    pub(super) fn number(&self, name: &str) -> Option<i32> {
        let found = self.values.iter().find(|(value, _)| value == name);
        found.map(|(_, number)| *number)
    }

    pub(super) fn has_number(&self, number: i64) -> bool {
        self.values
            .iter()
            .any(|(_, value)| i64::from(*value) == number)
    }

    /// The names of the values, for a sentence.
    pub(super) fn choice(&self) -> String {
        let names: Vec<_> = self.values.iter().map(|(name, _)| name.as_str()).collect();
        format!("write one of `{}`", names.join("`, `"))
    }
}

impl Message {
    /// The field of a name, that in the `.proto` file or that of protobuf's JSON.
    pub(super) fn field(&self, name: &str) -> Option<&Field> {
        let called = |field: &&Field| field.json_name == name || field.name == name;
        self.fields.iter().find(called)
    }

    /// What to write instead of the name of a field that there isn't.
    pub(super) fn instead_of(&self, name: &str) -> String {
        let names = || self.fields.iter().map(|field| field.name.as_str());
        if let Some(nearest) = suggest::nearest(name, names()) {
            return format!("did you mean `{nearest}`?");
        }
        match names().collect::<Vec<_>>().as_slice() {
            [] => format!("`{}` has no field", self.name),
            [only] => format!("the only field is `{only}`"),
            names => format!("the fields are `{}`", names.join("`, `")),
        }
    }
}

impl Schema {
    pub(super) fn new(set: &FileSet) -> Result<Schema, DescriptorError> {
        let mut schema = Schema::default();
        for file in &set.file {
            let within = match file.package.as_str() {
                "" => String::new(),
                package => format!(".{package}"),
            };
            for message in &file.message {
                schema.add_message(&within, message)?;
            }
            schema.add_enums(&within, &file.enumeration);
        }
        Ok(schema)
    }

    /// The message of a full name that begins with a dot.
    pub(super) fn message(&self, name: &str) -> Option<&Arc<Message>> {
        self.messages.get(name)
    }

    /// The enum of a full name that begins with a dot.
    pub(super) fn enumeration(&self, name: &str) -> Option<&Arc<Enum>> {
        self.enums.get(name)
    }

    /// The entry that a field is a map of, if it is one.
    pub(super) fn map_entry(&self, field: &Field) -> Option<&Arc<Message>> {
        match &field.kind {
            Kind::Message(name) => self.message(name).filter(|message| message.is_map_entry),
            _ => None,
        }
    }

    fn add_message(
        &mut self,
        within: &str,
        message: &descriptor::Message,
    ) -> Result<(), DescriptorError> {
        let name = format!("{within}.{}", message.name);
        for nested in &message.nested {
            self.add_message(&name, nested)?;
        }
        self.add_enums(&name, &message.enumeration);
        let mut fields = Vec::with_capacity(message.field.len());
        for field in &message.field {
            fields.push(read_field(&name, field)?);
        }
        let is_map_entry = message.options.as_ref().is_some_and(|it| it.map_entry);
        let numbers: Vec<_> = fields.iter().map(|field| field.number).collect();
        if is_map_entry && numbers != [1, 2] {
            let name = name.trim_start_matches('.');
            return Err(DescriptorError::new(format!(
                "the entry `{name}` of a map doesn't consist of a key and a value"
            )));
        }
        let message = Message {
            name: message.name.clone(),
            fields,
            is_map_entry,
        };
        self.messages.insert(name, Arc::new(message));
        Ok(())
    }

    fn add_enums(&mut self, within: &str, enums: &[descriptor::Enum]) {
        for it in enums {
            let values = it.value.iter();
            let values = values.map(|value| (value.name.clone(), value.number));
            let name = it.name.clone();
            let values = values.collect();
            self.enums
                .insert(format!("{within}.{name}"), Arc::new(Enum { name, values }));
        }
    }
}

fn read_field(message: &str, field: &descriptor::Field) -> Result<Field, DescriptorError> {
    const REPEATED: i32 = 3;
    let message = message.trim_start_matches('.');
    let name = &field.name;
    let number = u32::try_from(field.number).ok();
    let Some(number) = number.filter(|number| (1..=0x1FFF_FFFF).contains(number)) else {
        let number = field.number;
        let error = format!("the field `{name}` of `{message}` has the impossible number {number}");
        return Err(DescriptorError::new(error));
    };
    let kind = match field.ty {
        10 => Kind::Group,
        11 => Kind::Message(field.type_name.clone()),
        12 => Kind::Bytes,
        14 => Kind::Enum(field.type_name.clone()),
        ty => match Scalar::from_number(ty) {
            Some(scalar) => Kind::Scalar(scalar),
            None => {
                let error = format!("the field `{name}` of `{message}` has no known type");
                return Err(DescriptorError::new(error));
            }
        },
    };
    let repeated = field.label == REPEATED;
    let packable = match &kind {
        Kind::Scalar(scalar) => *scalar != Scalar::String,
        Kind::Enum(_) => true,
        _ => false,
    };
    let option = field.options.as_ref().and_then(|options| options.packed);
    Ok(Field {
        name: name.clone(),
        json_name: field.json_name.clone(),
        number,
        kind,
        repeated,
        packed: repeated && packable && option.unwrap_or(true),
    })
}
