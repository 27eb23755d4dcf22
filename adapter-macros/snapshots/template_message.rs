#[derive(::core::clone::Clone)]
#[derive(::core::fmt::Debug)]
#[derive(::core::default::Default)]
#[derive(::core::cmp::PartialEq)]
pub struct Subject {
    pub user: Str,
    pub properties: Map<Value>,
    pub groups: BTreeMap<String, Group>,
}
///The types of the fields of [`Subject`] that the operator's expressions decide.
#[derive(
    ::core::clone::Clone,
    ::core::fmt::Debug,
    ::core::default::Default,
    ::core::cmp::PartialEq,
)]
pub struct SubjectType {
    ///The type of `properties`.
    pub properties: crate::__private::Map<crate::__private::ValueType>,
    ///The type of `groups`.
    pub groups: crate::__private::Map<GroupType>,
}
const _: () = {
    #[automatically_derived]
    impl crate::__private::Message for Subject {
        type Type = SubjectType;
        const INFO: &'static crate::__private::MessageInfo = &crate::__private::MessageInfo::new(
            "Subject",
            "",
            || const {
                &[
                    crate::__private::FieldInfo::new(
                        "user",
                        1u32,
                        <Str as crate::__private::Field>::TYPE,
                        "",
                    ),
                    crate::__private::FieldInfo::new(
                        "properties",
                        3u32,
                        <Map<Value> as crate::__private::Field>::TYPE,
                        "",
                    ),
                    crate::__private::FieldInfo::new(
                        "groups",
                        4u32,
                        <BTreeMap<String, Group> as crate::__private::Field>::TYPE,
                        "",
                    ),
                ]
            },
        );
        #[inline]
        fn merge_field<'a>(
            &mut self,
            number: ::core::primitive::u32,
            wire: crate::__private::WireType,
            input: &'a [::core::primitive::u8],
            depth: crate::__private::Depth,
        ) -> crate::__private::Rest<'a> {
            let message = self;
            let _ = depth;
            match number {
                1u32 => {
                    <Str as crate::__private::Field>::merge_named(
                        &mut message.user,
                        "user",
                        wire,
                        input,
                        depth,
                    )
                }
                3u32 => {
                    <Map<
                        Value,
                    > as crate::__private::Field>::merge_named(
                        &mut message.properties,
                        "properties",
                        wire,
                        input,
                        depth,
                    )
                }
                4u32 => {
                    <BTreeMap<
                        String,
                        Group,
                    > as crate::__private::Field>::merge_named(
                        &mut message.groups,
                        "groups",
                        wire,
                        input,
                        depth,
                    )
                }
                _ => crate::__private::skip(number, wire, input),
            }
        }
        #[inline]
        fn settle_fields(&mut self) {
            let message = self;
            let _ = &message;
            <Str as crate::__private::Field>::complete(&mut message.user);
            <Map<Value> as crate::__private::Field>::complete(&mut message.properties);
            <BTreeMap<
                String,
                Group,
            > as crate::__private::Field>::complete(&mut message.groups);
        }
    }
    #[automatically_derived]
    impl crate::__private::Merge for Subject {
        fn empty() -> Self {
            ::core::default::Default::default()
        }
        fn merge<'a>(
            &mut self,
            wire: crate::__private::WireType,
            input: &'a [::core::primitive::u8],
            depth: crate::__private::Depth,
        ) -> crate::__private::Rest<'a> {
            crate::__private::merge_message(self, wire, input, depth)
        }
        fn settle(&mut self) {
            crate::__private::Message::settle_fields(self);
        }
    }
};
#[automatically_derived]
impl crate::__private::Field for Subject {
    const TYPE: crate::__private::FieldType = crate::__private::FieldType::Message(
        <Subject as crate::__private::Message>::INFO,
    );
}
