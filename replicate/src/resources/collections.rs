use replicate_api::operations;

use crate::call::Call;
use crate::paginate::List;
use crate::types::{Collection, CollectionListItem};

super::resource! {
    /// Collections of models.
    Collections
}

impl Collections {
    /// Every collection, without its models.
    ///
    /// API: <https://replicate.com/docs/reference/http#collections.list>
    pub fn list(&self) -> List<CollectionListItem> {
        List::new(&self.client, &operations::COLLECTIONS_LIST)
    }

    /// A collection with its models, by its slug, such as `text-to-speech`.
    ///
    /// API: <https://replicate.com/docs/reference/http#collections.get>
    pub fn get(&self, slug: impl Into<String>) -> Call<Collection> {
        let slug = slug.into();
        Call::new(&self.client, |api| async move {
            Ok(api.collections_get().collection_slug(slug).send().await?)
        })
    }
}
