use replicate_api::operations;
use reqwest::Url;

use crate::call::Call;
use crate::file_output::FileOutput;
use crate::paginate::List;
use crate::types::File;

super::resource! {
    /// Uploaded files, which inputs can name by their URL for a day.
    Files
}

impl Files {
    /// The account's uploaded files.
    ///
    /// API: <https://replicate.com/docs/reference/http#files.list>
    pub fn list(&self) -> List<File> {
        List::new(&self.client, &operations::FILES_LIST)
    }

    /// Uploads a file, streamed. At most 100 MiB. It is retried only where no connection
    /// could be made, or after a 429; one from a reader never is.
    ///
    /// ```
    /// use replicate::FileInput;
    ///
    /// # replicate_test_support::example!(async |replicate| {
    /// # let folder = tempfile::tempdir().unwrap();
    /// # std::env::set_current_dir(&folder).unwrap();
    /// # std::fs::write("photo.jpg", "a picture").unwrap();
    /// let file = replicate.files().create(FileInput::path("photo.jpg")).await?;
    /// println!("{}", file.id);
    /// # });
    /// ```
    ///
    /// API: <https://replicate.com/docs/reference/http#files.create>
    #[cfg(feature = "files")]
    pub fn create(&self, file: impl Into<crate::FileInput>) -> super::UploadFile {
        super::UploadFile::new(self.client.clone(), file.into())
    }

    /// Returns the description of an uploaded file.
    ///
    /// API: <https://replicate.com/docs/reference/http#files.get>
    pub fn get(&self, id: impl Into<String>) -> Call<File> {
        let id = id.into();
        Call::new(&self.client, |api| async move {
            Ok(api.files_get().file_id(id).send().await?)
        })
    }

    /// Deletes an uploaded file.
    ///
    /// API: <https://replicate.com/docs/reference/http#files.delete>
    pub fn delete(&self, id: impl Into<String>) -> Call<()> {
        let id = id.into();
        Call::new(&self.client, |api| async move {
            Ok(api.files_delete().file_id(id).send().await?)
        })
    }

    /// An uploaded file's content, by its owner's signature: the owner's name, the expiry
    /// time in seconds since 1970, and the signature. Nothing is requested until it is read.
    ///
    /// API: <https://replicate.com/docs/reference/http#files.download>
    pub fn download(&self, id: &str, owner: &str, expiry: i64, signature: &str) -> FileOutput {
        let base = self.client.transport().base_url();
        let url = format!("{base}/files/{}/download", crate::name::segment(id));
        let expiry = expiry.to_string();
        let query = [
            ("owner", owner),
            ("expiry", expiry.as_str()),
            ("signature", signature),
        ];
        let url = Url::parse_with_params(&url, query).map_or(url, Into::into);
        FileOutput::new(&url, self.client.transport().clone(), None)
    }
}
