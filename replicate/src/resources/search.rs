use replicate_api::RequestOptions;

use crate::Client;
use crate::call::Call;
use crate::types::SearchResults;

/// A search for models, collections and pages: made by [`Client::search`], sent when it is
/// awaited.
///
/// ```
/// # replicate_test_support::example!(async |replicate| {
/// let found = replicate.search("remove background").limit(5).await?;
/// # });
/// ```
///
/// API: <https://replicate.com/docs/reference/http#search>
#[derive(Clone, Debug)]
#[must_use = "nothing is sent before it is awaited"]
pub struct Search {
    client: Client,
    words: String,
    limit: Option<i64>,
    options: RequestOptions,
}

impl Search {
    pub(crate) fn new(client: Client, words: String) -> Self {
        Self {
            client,
            words,
            limit: None,
            options: RequestOptions::new(),
        }
    }

    /// Maximum number of models: 1 to 50. Default 20.
    pub fn limit(mut self, models: u32) -> Self {
        self.limit = Some(models.into());
        self
    }

    replicate_api::request_options!(field options);
    replicate_api::request_options!(methods options: retry_policy header token timeout);

    fn call(self) -> Call<SearchResults> {
        let call = Call::new(&self.client, move |api| async move {
            let mut search = api.search().query(self.words);
            if let Some(limit) = self.limit {
                search = search.limit(limit);
            }
            Ok(search.send().await?)
        });
        call.options(self.options)
    }
}

super::awaited! { Search -> SearchResults }
