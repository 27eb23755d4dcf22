//! A configuration as a `.proto` file.

use std::fmt::{self, Write};

use super::describe::rules;
use super::descriptor::dependencies;
use super::layout::{Layout, Scope};
use super::{EnumInfo, FieldInfo, Kind};
use crate::descriptor::comment;

pub(super) fn proto_text(package: &str, layout: &Layout) -> String {
    let mut text = String::new();
    let writer = Writer { package, layout };
    writer.file(&mut text).expect("a String takes everything");
    text
}

struct Writer<'a> {
    package: &'a str,
    layout: &'a Layout,
}

impl Writer<'_> {
    fn file(&self, text: &mut String) -> fmt::Result {
        writeln!(text, "syntax = \"proto3\";\n\npackage {};\n", self.package)?;
        let imports = dependencies(self.layout);
        for import in &imports {
            writeln!(text, "import \"{import}\";")?;
        }
        if !imports.is_empty() {
            writeln!(text)?;
        }
        self.message(self.layout.root(), "", text)
    }

    fn message(&self, scope: Scope<'_>, indent: &str, text: &mut String) -> fmt::Result {
        comment(scope.info.documentation, indent, text)?;
        writeln!(text, "{indent}message {} {{", scope.name())?;
        let inner = format!("{indent}  ");
        let mut first = true;
        let mut separate = |text: &mut String| match std::mem::take(&mut first) {
            true => Ok(()),
            false => writeln!(text),
        };
        for info in scope.enums() {
            separate(text)?;
            enumeration(info, &inner, text)?;
        }
        for nested in scope.messages() {
            separate(text)?;
            self.message(nested, &inner, text)?;
        }
        for info in &scope.info.fields {
            separate(text)?;
            match &info.kind {
                Kind::OneOf(members) => self.one_of(scope, info, members, &inner, text)?,
                _ => self.field(scope, info, &inner, text)?,
            }
        }
        writeln!(text, "{indent}}}")
    }

    fn one_of(
        &self,
        scope: Scope<'_>,
        info: &FieldInfo,
        members: &[FieldInfo],
        indent: &str,
        text: &mut String,
    ) -> fmt::Result {
        documentation(info, indent, text)?;
        writeln!(text, "{indent}oneof {} {{", info.name)?;
        for (index, member) in members.iter().enumerate() {
            if index > 0 {
                writeln!(text)?;
            }
            self.field(scope, member, &format!("{indent}  "), text)?;
        }
        writeln!(text, "{indent}}}")
    }

    fn field(
        &self,
        scope: Scope<'_>,
        info: &FieldInfo,
        indent: &str,
        text: &mut String,
    ) -> fmt::Result {
        documentation(info, indent, text)?;
        let element = self.name(scope, info.kind.element());
        let ty = match info.kind.present() {
            Kind::Repeated(_) => format!("repeated {element}"),
            Kind::Map(key, _) => format!("map<{key}, {element}>"),
            _ => element,
        };
        writeln!(text, "{indent}{ty} {} = {};", info.name, info.tag)
    }

    fn name(&self, scope: Scope<'_>, kind: &Kind) -> String {
        match kind {
            Kind::Message(of) => scope.reference(&self.layout.message_path(*of), self.package),
            Kind::Enum(of) => scope.reference(&self.layout.enum_path(*of), self.package),
            // A package of the author's that contains `google` would hide protobuf's.
            Kind::Duration | Kind::Timestamp
                if self.package.split('.').any(|segment| segment == "google") =>
            {
                format!(".{kind}")
            }
            kind => kind.to_string(),
        }
    }
}

fn enumeration(info: &EnumInfo, indent: &str, text: &mut String) -> fmt::Result {
    comment(info.documentation, indent, text)?;
    writeln!(text, "{indent}enum {} {{", info.name)?;
    for value in info.values {
        comment(value.documentation, &format!("{indent}  "), text)?;
        writeln!(text, "{indent}  {} = {};", value.name, value.number)?;
    }
    writeln!(text, "{indent}}}")
}

/// The doc comment, then what the value must be and what it is by default.
fn documentation(info: &FieldInfo, indent: &str, text: &mut String) -> fmt::Result {
    comment(info.documentation, indent, text)?;
    let mut notes = match info.kind.element() {
        // The values stand beside it.
        Kind::Enum(_) => info.constraints.iter().map(ToString::to_string).collect(),
        _ => rules(info),
    };
    if let Some(default) = &info.default {
        notes.push(format!("default {default}"));
    }
    let notes = notes.join("; ");
    let mut chars = notes.chars();
    match chars.next() {
        Some(first) => {
            let sentence = format!("{}{}.", first.to_uppercase(), chars.as_str());
            comment(&sentence, indent, text)
        }
        None => Ok(()),
    }
}
