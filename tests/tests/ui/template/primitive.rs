// A field has a type that Mixer doesn't have.
pub mod access {
    use adapter_runtime::mixer_template;

    #[mixer_template(check, package = "access")]
    pub struct Instance {
        #[field(1)]
        pub port: u16,
    }
}

fn main() {
    let _ = access::Instance::default().port + 1_u16;
}
