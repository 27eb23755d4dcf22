//! Resources in files.

use std::fs;
use std::path::Path;
use std::time::Duration;

use adapter_mixer::attribute::Bag;
use adapter_mixer::config::{FolderStore, Store};

use crate::adapters::{BASE, mixer, words};

fn names(store: &FolderStore) -> Vec<String> {
    let loaded = store.load();
    loaded
        .resources
        .iter()
        .map(|it| it.key().to_string())
        .collect()
}

fn write(path: impl AsRef<Path>, text: &str) {
    fs::write(path, text).expect("a file is written");
}

const RULE: &str = "kind: rule\nmetadata: {name: NAME, namespace: ns}\nspec: {}\n";

#[test]
fn yaml_is_read_wherever_it_is_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let below = folder.path().join(".hidden/deeper");
    fs::create_dir_all(&below).expect("a folder");
    write(folder.path().join("b.yaml"), &RULE.replace("NAME", "b"));
    write(folder.path().join("a.yml"), &RULE.replace("NAME", "a"));
    write(below.join("c.yaml"), &RULE.replace("NAME", "c"));
    write(folder.path().join("d.txt"), &RULE.replace("NAME", "d"));
    write(
        folder.path().join("e.yaml"),
        "kind: [\n---\nkind: rule\nmetadata: {name: e, namespace: ns}\n",
    );
    fs::create_dir(folder.path().join("f.yaml")).expect("a folder");
    let store = FolderStore::new(folder.path());
    let loaded = store.load();
    let found: Vec<_> = loaded
        .resources
        .iter()
        .map(|it| it.key().to_string())
        .collect();
    assert_eq!(found, ["c.rule.ns", "a.rule.ns", "b.rule.ns", "e.rule.ns"]);
    assert_eq!(loaded.problems.len(), 1);
    let problem = loaded.problems[0].to_string();
    assert!(problem.contains("e.yaml:1:7: error: "), "{problem}");
}

#[test]
fn a_resource_that_is_not_changed_is_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let both = format!(
        "{}---\n{}",
        RULE.replace("NAME", "a"),
        RULE.replace("NAME", "b")
    );
    write(folder.path().join("rules.yaml"), &both);
    let store = FolderStore::new(folder.path());
    let before = store.load().resources;
    write(
        folder.path().join("rules.yaml"),
        &both.replace("name: b", "name: c"),
    );
    let after = store.load().resources;
    assert!(std::sync::Arc::ptr_eq(&before[0], &after[0]));
    assert_eq!(after[1].key().name, "c");
}

#[test]
fn a_folder_that_is_not_there_holds_nothing_until_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().join("later");
    let store = FolderStore::new(&root);
    let loaded = store.load();
    assert!(loaded.resources.is_empty());
    assert!(loaded.problems[0].message().starts_with("can't be read: "));
    fs::create_dir(&root).expect("a folder");
    write(root.join("a.yaml"), &RULE.replace("NAME", "a"));
    assert_eq!(names(&store), ["a.rule.ns"]);
}

/// Kubernetes keeps the files of a `ConfigMap` in a folder of their own, to which a link leads that it
/// exchanges.
#[cfg(unix)]
#[test]
fn the_files_of_a_config_map_are_read_once() {
    use std::os::unix::fs::symlink;

    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    for (version, name) in [("..1", "a"), ("..2", "b")] {
        fs::create_dir(root.join(version)).expect("a folder");
        write(
            root.join(version).join("rules.yaml"),
            &RULE.replace("NAME", name),
        );
    }
    symlink("..1", root.join("..data")).expect("a link");
    symlink("..data/rules.yaml", root.join("rules.yaml")).expect("a link");
    let store = FolderStore::new(root);
    assert_eq!(names(&store), ["a.rule.ns"]);
    symlink("..2", root.join("..data_tmp")).expect("a link");
    fs::rename(root.join("..data_tmp"), root.join("..data")).expect("it is exchanged");
    assert_eq!(names(&store), ["b.rule.ns"]);
}

#[tokio::test]
async fn changes_are_followed_told_or_not() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path().join("base.yaml"), BASE);
    write(folder.path().join("handler.yaml"), &words("open"));
    let store = FolderStore::new(folder.path()).poll_every(Duration::from_millis(100));
    let mixer = mixer(store).await;
    for word in ["shut", "ajar"] {
        write(folder.path().join("handler.yaml"), &words(word));
        let bag = Bag::from([("request.word", word)]);
        let mut followed = false;
        for _ in 0..200 {
            followed = mixer.check(&bag).await.expect("a verdict").is_ok();
            if followed {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert!(followed, "{word}");
    }
    mixer.shutdown().await;
}
