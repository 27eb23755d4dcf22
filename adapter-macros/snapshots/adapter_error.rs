pub struct Sink<T: Clone>(T);
::core::compile_error! {
    "unknown template `metrc`: did you mean `metric`? the built-in templates are `apikey`, `authorization`, `checknothing`, `edge`, `kubernetes`, `listentry`, `logentry`, `metric`, `quota`, `reportnothing` and `tracespan`; a template of your own is given as the path of its module, such as `crate::keyval`"
}
::core::compile_error! {
    "an adapter can't be generic, because it is registered as one type: remove the parameters, or annotate a struct that holds the generic one"
}
const _: () = {
    impl<T: Clone, __Template> ::adapter_runtime::__private::Lists<__Template>
    for Sink<T> {}
    impl<T: Clone> ::adapter_runtime::__private::Registered for Sink<T>
    where
        Self: 'static,
    {
        const NAME: &'static ::core::primitive::str = "";
        const DESCRIPTION: &'static ::core::primitive::str = "";
        const IMPLEMENTATION: &'static ::core::primitive::str = "";
        const PACKAGE: &'static ::core::primitive::str = "";
        const VERSION: &'static ::core::primitive::str = "";
        const IDLE_CLOSE: ::core::primitive::bool = true;
        const FAIL_POLICY: ::adapter_runtime::__private::FailPolicy = ::adapter_runtime::__private::FailPolicy::Closed;
        const TEMPLATES: &'static [::adapter_runtime::__private::Row<Self>] = &[];
    }
};
