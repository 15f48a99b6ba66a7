//! Lists that come in pages.

use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::stream::{self, BoxStream};
use futures::{Stream, StreamExt};
use http::Method;
use replicate_api::{Operation, RequestOptions, Response, Transport};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::Client;
use crate::call::Call;
use crate::error::{Error, ErrorKind, Result};
use crate::name::{ModelName, segment};

/// A list of the API, in pages: [`items`](List::items) returns every item of every page,
/// [`pages`](List::pages) the pages, and [`page`](List::page) one of them.
///
/// Pages are fetched as they are needed. Only the cursor of a page's `next` is used, never its
/// URL, so that no other host is followed; a repeated cursor ends the list.
///
/// ```
/// # replicate_test_support::example!(async |replicate| {
/// let mut collections = replicate.collections().list().items();
/// while let Some(collection) = collections.next().await {
///     println!("{}", collection?.slug);
/// }
///
/// let first = replicate.collections().list().page().await?;
/// println!("{} on the first page", first.results.len());
/// # });
/// ```
#[must_use = "a list is fetched when a page, its pages or its items are read"]
pub struct List<T> {
    request: PageRequest,
    items: PhantomData<fn() -> T>,
}

/// The request for a page, without its cursor.
#[derive(Clone, Debug)]
struct PageRequest {
    transport: Transport,
    operation: &'static Operation,
    path: Result<String, String>,
    query: Vec<(&'static str, String)>,
    body: Option<String>,
}

/// One page of a list.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items of this page, in the API's order.
    pub results: Vec<T>,
    /// The cursor of the next page; `None` on the last.
    pub next: Option<String>,
    /// The cursor of the previous page; `None` on the first.
    pub previous: Option<String>,
}

impl<T> List<T> {
    pub(crate) fn new(client: &Client, operation: &'static Operation) -> Self {
        Self::at(client, operation, Ok(operation.path.to_owned()))
    }

    /// The list that `operation` returns for a model.
    pub(crate) fn of_model(
        client: &Client,
        operation: &'static Operation,
        model: Result<ModelName>,
    ) -> Self {
        let path = model.map(|model| {
            let path = operation
                .path
                .replace("{model_owner}", &segment(&model.owner));
            path.replace("{model_name}", &segment(&model.name))
        });
        Self::at(client, operation, path)
    }

    fn at(client: &Client, operation: &'static Operation, path: Result<String>) -> Self {
        let request = PageRequest {
            transport: client.transport().clone(),
            operation,
            path: path.map_err(|error| error.to_string()),
            query: Vec::new(),
            body: None,
        };
        Self {
            request,
            items: PhantomData,
        }
    }

    /// Sends this text with each request for a page.
    pub(crate) fn body(mut self, body: String) -> Self {
        self.request.body = Some(body);
        self
    }

    pub(crate) fn query(mut self, name: &'static str, value: impl ToString) -> Self {
        self.request.query.push((name, value.to_string()));
        self
    }

    /// Starts at the page of this cursor, such as the `next` of a [`Page`].
    pub fn cursor(self, cursor: impl Into<String>) -> Self {
        let cursor: String = cursor.into();
        self.query("cursor", cursor)
    }

    /// Adds options to the request for each page; options that they do not set stay unchanged.
    pub fn options(mut self, options: RequestOptions) -> Self {
        self.request.transport = self.request.transport.with_options(options);
        self
    }

    replicate_api::request_options!(methods options: retry_policy header token timeout);

    /// The same list with its items as another type, such as [`serde_json::Value`] for every
    /// field that the API sends.
    pub fn decode_as<U>(self) -> List<U> {
        List {
            request: self.request,
            items: PhantomData,
        }
    }
}

impl<T: DeserializeOwned + Send + 'static> List<T> {
    /// Fetches one page: the first, or that of [`cursor`](List::cursor). The rest of the list is
    /// in [`pages`](List::pages) and [`items`](List::items).
    pub fn page(self) -> Call<Page<T>> {
        let mut request = self.request;
        let transport = request.transport.clone();
        Call::from_transport(transport, move |api| async move {
            request.transport = api.transport().clone();
            request.page(None).await
        })
    }

    /// The pages, one after another, each fetched when it is read.
    pub fn pages(self) -> Pages<T> {
        let mut cycles = Cycles::default();
        for (name, value) in &self.request.query {
            if *name == "cursor" {
                cycles.is_new(value);
            }
        }
        let path = self.request.path.clone();
        let first = Position {
            request: self.request,
            cursor: None,
            cycles,
            empty: 0,
        };
        let pages = stream::try_unfold(Some(first), |position| async {
            match position {
                Some(position) => Ok(Some(position.fetch().await?)),
                None => Ok(None),
            }
        });
        Pages {
            path,
            pages: pages.boxed(),
        }
    }

    /// The items of all pages. The next page is fetched while the second half of one is read.
    pub fn items(self) -> Items<T> {
        Items {
            pages: self.pages(),
            items: VecDeque::new(),
            early: 0,
            ahead: None,
        }
    }
}

impl<T> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("List")
            .field("path", &self.request.path)
            .field("query", &self.request.query)
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "T: DeserializeOwned"))]
struct PageBody<T> {
    #[serde(default = "Vec::new", deserialize_with = "null_is_empty")]
    results: Vec<T>,
    #[serde(default)]
    next: Option<String>,
    #[serde(default)]
    previous: Option<String>,
}

fn null_is_empty<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

impl PageRequest {
    async fn fetch(&self, cursor: Option<&str>) -> Result<Response> {
        let path = self
            .path
            .as_ref()
            .map_err(|why| Error::invalid(why.clone()))?;
        let mut query: Vec<(&str, &str)> = Vec::with_capacity(self.query.len() + 1);
        for (name, value) in &self.query {
            // The cursor of a later page takes the place of the one that the list began at.
            if cursor.is_none() || *name != "cursor" {
                query.push((name, value));
            }
        }
        query.extend(cursor.map(|cursor| ("cursor", cursor)));
        let method = Method::from_bytes(self.operation.method.as_bytes())
            .map_err(|error| Error::invalid(error.to_string()))?;
        let mut request = self.transport.request(method, path).query(&query);
        if let Some(body) = &self.body {
            request = request
                .header(http::header::CONTENT_TYPE, "text/plain")
                .body(body.clone());
        }
        Ok(request.send().await?)
    }

    async fn page<T: DeserializeOwned>(&self, cursor: Option<&str>) -> Result<Response<Page<T>>> {
        let response = self.fetch(cursor).await?;
        let page: PageBody<T> = response.json()?;
        let page = Page {
            next: cursor_from_url(page.next.as_deref())?,
            previous: cursor_from_url(page.previous.as_deref()).unwrap_or(None),
            results: page.results,
        };
        Ok(response.map(|_| page))
    }
}

/// The cursor in the URL of another page. A URL without one cannot be followed: its host could be
/// any.
pub(crate) fn cursor_from_url(url: Option<&str>) -> Result<Option<String>> {
    let Some(url) = url.filter(|url| !url.is_empty()) else {
        return Ok(None);
    };
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let query = query.split('#').next().unwrap_or_default();
    form_urlencoded::parse(query.as_bytes())
        .find(|(name, value)| name == "cursor" && !value.is_empty())
        .map(|(_, value)| Some(value.into_owned()))
        .ok_or_else(|| {
            Error::new(
                ErrorKind::Decode,
                "the page's `next` has no cursor: the rest of the list cannot be fetched",
            )
        })
}

const MAX_EMPTY_PAGES: u32 = 100;

fn endless() -> Error {
    Error::new(
        ErrorKind::Decode,
        format!(
            "the list has more than {MAX_EMPTY_PAGES} empty pages in a row, each with a next one"
        ),
    )
}

/// The cursors that were followed, in a few bytes each.
#[derive(Default)]
struct Cycles {
    hasher: RandomState,
    seen: HashSet<u64>,
}

impl Cycles {
    fn is_new(&mut self, cursor: &str) -> bool {
        self.seen.insert(self.hasher.hash_one(cursor))
    }
}

/// The pages of a list, as a stream. The list ends after an error.
///
/// ```
/// # replicate_test_support::example!(async |replicate| {
/// let mut pages = replicate.models().list().pages();
/// while let Some(page) = pages.next().await {
///     println!("{} models", page?.results.len());
/// }
/// # });
/// ```
#[must_use = "pages are fetched as the stream is read"]
pub struct Pages<T> {
    path: Result<String, String>,
    pages: BoxStream<'static, Result<Page<T>>>,
}

/// The place in a list of the next page.
struct Position {
    request: PageRequest,
    cursor: Option<String>,
    cycles: Cycles,
    /// Number of consecutive empty pages.
    empty: u32,
}

impl Position {
    /// Fetches the page, and returns it with the place of the next one, if there is one.
    async fn fetch<T: DeserializeOwned>(mut self) -> Result<(Page<T>, Option<Self>)> {
        let page: Page<T> = self
            .request
            .page(self.cursor.as_deref())
            .await?
            .into_inner();
        self.empty = match page.results.is_empty() {
            true => self.empty + 1,
            false => 0,
        };
        if self.empty > MAX_EMPTY_PAGES {
            return Err(endless());
        }
        self.cursor = page.next.clone().filter(|next| self.cycles.is_new(next));
        let next = self.cursor.is_some().then_some(self);
        Ok((page, next))
    }
}

impl<T: DeserializeOwned + Send + 'static> Pages<T> {
    /// The next page; `None` after the last one, and after an error.
    pub async fn next(&mut self) -> Option<Result<Page<T>>> {
        StreamExt::next(self).await
    }
}

impl<T> Stream for Pages<T> {
    type Item = Result<Page<T>>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.pages.poll_next_unpin(cx)
    }
}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// The items of a list, as a stream. The list ends after an error.
#[must_use = "pages are fetched as the stream is read"]
pub struct Items<T> {
    pages: Pages<T>,
    items: VecDeque<T>,
    /// The next page is fetched once this many items are left.
    early: usize,
    /// The next page, if it arrived while there were items left.
    ahead: Option<Option<Result<Page<T>>>>,
}

impl<T> Unpin for Items<T> {}

impl<T: DeserializeOwned + Send + 'static> Items<T> {
    /// The next item; `None` after the last one, and after an error.
    pub async fn next(&mut self) -> Option<Result<T>> {
        StreamExt::next(self).await
    }
}

impl<T: DeserializeOwned + Send + 'static> Stream for Items<T> {
    type Item = Result<T>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            if this.ahead.is_none()
                && this.items.len() <= this.early
                && let Poll::Ready(page) = Pin::new(&mut this.pages).poll_next(cx)
            {
                this.ahead = Some(page);
            }
            if let Some(item) = this.items.pop_front() {
                return Poll::Ready(Some(Ok(item)));
            }
            match this.ahead.take() {
                None => return Poll::Pending,
                Some(None) => {
                    this.ahead = Some(None);
                    return Poll::Ready(None);
                }
                Some(Some(Err(error))) => return Poll::Ready(Some(Err(error))),
                Some(Some(Ok(page))) => {
                    this.early = page.results.len() / 2;
                    this.items = page.results.into();
                }
            }
        }
    }
}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items")
            .field("path", &self.pages.path)
            .finish_non_exhaustive()
    }
}

impl<T> List<T> {
    /// The same list, every item as the API sends it.
    pub fn values(self) -> List<Value> {
        self.decode_as()
    }
}
