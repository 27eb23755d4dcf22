//! Where resources come from.

mod documents;
mod folder;
mod memory;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use adapter_runtime::document::{Node, Problems};

use super::problem::ConfigProblem;
use super::resource::Resource;

pub use documents::Documents;
pub use folder::FolderStore;
pub use memory::MemoryStore;

/// Where a Mixer takes its resources from.
pub trait Store: Send + Sync + 'static {
    /// All resources that there are now. A resource that has not changed should be the same `Arc` as
    /// before, which saves work.
    fn load(&self) -> Loaded;

    /// Ends when there may be others than [`load`](Store::load) gave last.
    fn changed(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
}

impl<S: Store + ?Sized> Store for Arc<S> {
    fn load(&self) -> Loaded {
        (**self).load()
    }

    fn changed(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        (**self).changed()
    }
}

/// What a store holds.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Loaded {
    /// The resources; of several of one name the last holds.
    pub resources: Vec<Arc<Resource>>,
    /// What can't be read.
    pub problems: Vec<ConfigProblem>,
}

impl Loaded {
    /// Adds what is read of a text.
    pub fn read(&mut self, name: &str, text: impl AsRef<[u8]>) {
        let read = Resource::read(name, text, &mut self.problems);
        self.resources.extend(read);
    }

    /// Adds what documents say, and what was wrong with others.
    fn add(&mut self, documents: impl IntoIterator<Item = Node>, problems: Problems) {
        let read = Resource::of_all(documents, problems, &mut self.problems);
        self.resources.extend(read);
    }
}
