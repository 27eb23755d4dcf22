#[derive(::core::clone::Clone)]
#[derive(::core::fmt::Debug)]
#[derive(::core::default::Default)]
#[derive(::core::cmp::PartialEq)]
/// What is known of it.
pub struct Output {
    /// Who it is.
    pub owner: Option<Str>,
    pub labels: Option<BTreeMap<String, String>>,
}
#[automatically_derived]
impl ::adapter_runtime::__private::Output for Output {
    const INFO: ::core::option::Option<
        &'static ::adapter_runtime::__private::MessageInfo,
    > = ::core::option::Option::Some(
        &::adapter_runtime::__private::MessageInfo::new(
            "Output",
            "What is known of it.",
            || const {
                &[
                    ::adapter_runtime::__private::FieldInfo::new(
                        "owner",
                        1u32,
                        <Option<Str> as ::adapter_runtime::__private::OutputField>::TYPE,
                        "Who it is.",
                    ),
                    ::adapter_runtime::__private::FieldInfo::new(
                        "podLabels",
                        2u32,
                        <Option<
                            BTreeMap<String, String>,
                        > as ::adapter_runtime::__private::OutputField>::TYPE,
                        "",
                    ),
                ]
            },
        ),
    );
    fn encode(&self, to: &mut ::adapter_runtime::__private::Vec<::core::primitive::u8>) {
        let _ = &to;
        <Option<
            Str,
        > as ::adapter_runtime::__private::OutputField>::encode_field(
            &self.owner,
            1u32,
            to,
        );
        <Option<
            BTreeMap<String, String>,
        > as ::adapter_runtime::__private::OutputField>::encode_field(
            &self.labels,
            2u32,
            to,
        );
    }
    fn values(
        &self,
        to: &mut ::adapter_runtime::__private::Vec<
            ::core::option::Option<::adapter_runtime::__private::Value>,
        >,
    ) {
        let _ = &to;
        to.push(
            <Option<
                Str,
            > as ::adapter_runtime::__private::OutputField>::field_value(&self.owner),
        );
        to.push(
            <Option<
                BTreeMap<String, String>,
            > as ::adapter_runtime::__private::OutputField>::field_value(&self.labels),
        );
    }
}
use ::adapter_runtime::__private::missing_template::*;
const _: () = IMPORTED_TEMPLATE;
const _: () = ::adapter_runtime::__private::assert_with_output::<Template>();
