// Messages that hold messages of their own type, and of each other.
mod tree {
    use adapter_runtime::{mixer_template, value::{Map, Str}};
    #[mixer_template(check, package = "my.tree")]
    pub struct Instance { #[field(1)] pub root: Option<Node> }
    #[mixer_template(message)]
    pub struct Node { #[field(1)] pub label: Str, #[field(2)] pub children: Map<Node>, #[field(3)] pub leaves: Map<Leaf> }
    #[mixer_template(message)]
    pub struct Leaf { #[field(1)] pub below: Map<Node> }
}
use adapter_runtime::template::{Template, descriptor_set, proto_text};

fn main() {
    let info = tree::Template::INFO;
    assert_eq!(info.instance.fields()[0].ty.message().unwrap().name, "Node");
    assert!(proto_text(&info).contains("map<string, Node> children = 2;"));
    assert!(!descriptor_set(&info).is_empty());
}
