//! What Istio's tools accept and refuse as a template, and what the macro makes of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use adapter_runtime::template::{Template, TemplateInfo, proto_text};
use prost_reflect::DescriptorPool;
use protox::Compiler;
use serde_json::Value as Json;
use tests::conformance;
use tests::protos::{describe, proto};

/// How a mistake that Istio's tools refuse shows in Rust.
enum Here {
    /// A UI test, and the beginning of its error.
    Refused(&'static str, &'static str),
    /// There is no way to make it.
    Impossible(&'static str),
}

use Here::{Impossible, Refused};

/// All mistakes of the vectors, by the name of the file that makes them.
const MISTAKES: [(&str, Here); 15] = [
    (
        "MissingPackageName",
        Refused("template/no_package", "`package` is missing"),
    ),
    (
        "MissingBothRequiredExt",
        Refused("template/no_variety", "the first argument says"),
    ),
    (
        "MissingTemplateMessage",
        Refused(
            "adapter/not_a_template",
            "cannot find type `Template` in module `keyval`",
        ),
    ),
    (
        "ReservedFieldInTemplate",
        Refused(
            "template/field_called_name",
            "a field can't be called `name`",
        ),
    ),
    (
        "Proto2BadSyntax",
        Impossible("a template in Rust has no syntax to choose; what is made of it is proto3"),
    ),
    (
        "UnsupportedFieldTypePrimitive",
        Refused("template/primitive", "`u16` can't be a field of a template"),
    ),
    (
        "UnsupportedMapKey",
        Refused("template/types", "Mixer's maps have strings as keys"),
    ),
    (
        "UnsupportedMapVal",
        Refused("template/types", "`f32` can't be a field of a template"),
    ),
    (
        "UnsupportedFieldTypeEnum",
        Refused("template/enum_message", "a template is a struct"),
    ),
    (
        "WrongPkgName",
        Refused("template/bad_package", "the template takes its name from"),
    ),
    (
        "UnsupportedValueTypeInAPA",
        Refused(
            "template/generator_value",
            "an attribute generator has no `Value`",
        ),
    ),
    (
        "UnsupportedTypeInAPAOutTemplate",
        Refused("template/output_types", "an output has no messages"),
    ),
    (
        "twoTemplatesError",
        Impossible(
            "a module can't have two structs `Instance`; templates of the same package in two \
             modules are an error of the registry",
        ),
    ),
    (
        "noSourceInfoNoImportsBadProto",
        Impossible("as Proto2BadSyntax"),
    ),
    (
        "BadExplicitTemplateName",
        Refused("template/bad_name", "`bad123` can't name a template"),
    ),
];

/// What is accepted there and not here.
const DEVIATIONS: [&str; 2] = [
    // No template of Istio's has a list, and its in-process Mixer can't serve one.
    "field foo.bar.Template.res3_list",
    "field foo.bar.Resource3.res3_list",
];

fn vectors() -> Option<Json> {
    let vectors = conformance::file("vectors/template_model.json")?;
    Some(serde_json::from_slice(&vectors).expect("JSON"))
}

#[test]
fn what_istio_refuses_does_not_compile() {
    let Some(vectors) = vectors() else {
        return;
    };
    let errors = vectors["errors"].as_array().expect("errors");
    let names = errors.iter().map(|error| {
        let path = error["descriptor"].as_str().expect("a path");
        let name = Path::new(path).file_stem().expect("a name");
        name.to_str().expect("UTF-8")
    });
    let known = MISTAKES.iter().map(|(name, _)| *name);
    assert_eq!(names.collect::<BTreeSet<_>>(), known.collect());
    for (name, here) in MISTAKES {
        let (case, beginning) = match here {
            Refused(case, beginning) => (case, beginning),
            Impossible(reason) => {
                println!("{name}: {reason}");
                continue;
            }
        };
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/ui")
            .join(case)
            .with_extension("stderr");
        let stderr = fs::read_to_string(&path).expect(case);
        let mut errors = stderr.lines().filter(|line| line.starts_with("error"));
        assert!(
            errors.any(|line| line.contains(&format!(": {beginning}"))),
            "{name}: {stderr}"
        );
    }
}

#[test]
fn what_istio_accepts_is_expressed() {
    let Some(vectors) = vectors() else {
        return;
    };
    let ours: BTreeMap<&str, TemplateInfo> = BTreeMap::from([
        ("BasicTopLevelFields", basic::Template::INFO),
        ("ExplicitTemplateName", explicit::Template::INFO),
        ("SimpleTemplate", simple::Template::INFO),
        ("SimpleApaTemplate", generator::Template::INFO),
    ]);
    let accepted = vectors["accepted_protos"].as_object().expect("protos");
    assert!(accepted.keys().eq(ours.keys().collect::<BTreeSet<_>>()));
    for (name, proto) in accepted {
        let mut expected = described(proto.as_str().expect("a proto"));
        expected.retain(|line| !DEVIATIONS.iter().any(|it| line.starts_with(it)));
        assert_eq!(
            described(&proto_text(&ours[name.as_str()])),
            expected,
            "{name}"
        );
    }
}

fn described(text: &str) -> BTreeSet<String> {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("template.proto"), text).expect("a file");
    let mut compiler = Compiler::new([folder.path(), &proto()]).expect("folders");
    compiler.include_imports(true);
    if let Err(error) = compiler.open_file("template.proto") {
        panic!("{error:?}\n{text}");
    }
    let set = compiler.encode_file_descriptor_set();
    let pool = DescriptorPool::decode(&*set).expect("descriptors");
    describe(&pool, "template.proto")
}

mod basic {
    use adapter_runtime::mixer_template;

    #[mixer_template(check, package = "foo.listChecker")]
    pub(crate) struct Instance;
}

mod explicit {
    use adapter_runtime::mixer_template;

    #[mixer_template(check, package = "foo.listChecker", name = "explicitListChecker")]
    pub(crate) struct Instance;
}

mod simple {
    use adapter_runtime::mixer_template;
    use adapter_runtime::value::{Map, Str, Value};

    #[mixer_template(check, package = "foo.bar")]
    pub(crate) struct Instance {
        #[field(1)]
        pub blacklist: bool,
        #[field(2, name = "fieldInt64")]
        pub int: i64,
        #[field(3, name = "fieldString")]
        pub string: Str,
        #[field(4, name = "fieldDouble")]
        pub double: f64,
        #[field(5)]
        pub val: Value,
        #[field(6)]
        pub dimensions: Map<Value>,
        #[field(7, name = "dimensionsConstInt64Val")]
        pub ints: Map<i64>,
        #[field(8, name = "dimensionsConstStringVal")]
        pub strings: Map<Str>,
        #[field(9, name = "dimensionsConstBoolVal")]
        pub bools: Map<bool>,
        #[field(10, name = "dimensionsConstDoubleVal")]
        pub doubles: Map<f64>,
        #[field(12)]
        pub res3_map: Map<Resource3>,
    }

    #[mixer_template(message)]
    pub(crate) struct Resource3 {
        #[field(1)]
        pub blacklist: bool,
        #[field(2, name = "fieldInt64")]
        pub int: i64,
        #[field(3, name = "fieldString")]
        pub string: Str,
        #[field(4, name = "fieldDouble")]
        pub double: f64,
        #[field(5)]
        pub val: Value,
        #[field(6)]
        pub dimensions: Map<Value>,
        #[field(7, name = "dimensionsConstInt64Val")]
        pub ints: Map<i64>,
        #[field(8, name = "dimensionsConstStringVal")]
        pub strings: Map<Str>,
        #[field(9, name = "dimensionsConstBoolVal")]
        pub bools: Map<bool>,
        #[field(10, name = "dimensionsConstDoubleVal")]
        pub doubles: Map<f64>,
        #[field(12)]
        pub res3_map: Map<Resource3>,
    }
}

mod generator {
    use adapter_runtime::mixer_template;
    use adapter_runtime::value::{Duration, Map, Str, TimeStamp};

    #[mixer_template(attribute_generator, package = "istio.mixer.adapter.MyApa")]
    pub(crate) struct Instance {
        #[field(1, name = "int64Primitive")]
        pub int: i64,
        #[field(2, name = "boolPrimitive")]
        pub bool: bool,
        #[field(3, name = "doublePrimitive")]
        pub double: f64,
        #[field(4, name = "stringPrimitive")]
        pub string: Str,
        #[field(5)]
        pub dimensions: Map<Str>,
        #[field(6, name = "timeStamp")]
        pub time: TimeStamp,
        #[field(7)]
        pub duration: Duration,
    }

    #[mixer_template(output)]
    pub(crate) struct Output {
        #[field(1, name = "int64Primitive")]
        pub int: Option<i64>,
        #[field(2, name = "boolPrimitive")]
        pub bool: Option<bool>,
        #[field(3, name = "doublePrimitive")]
        pub double: Option<f64>,
        #[field(4, name = "stringPrimitive")]
        pub string: Option<Str>,
        #[field(5)]
        pub dimensions: Option<Map<Str>>,
        #[field(6, name = "timeStamp")]
        pub time: Option<TimeStamp>,
        #[field(7)]
        pub duration: Option<Duration>,
    }
}
