use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use replicate::types::File;
use replicate::{Client, Error, FileInput, FileOutput, Response};
use serde_json::{Map, Value};

use super::{change_and_show, delete, show};
use crate::confirm::Confirm;
use crate::error::CliError;
use crate::list::{self, Limit};
use crate::progress::Notes;
use crate::reader;
use crate::record::{Field, age_at, json_at, text_at};
use crate::session::Session;
use crate::table::Column;
use crate::terminal;

/// Upload, list, show, download and delete files
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = false)]
pub(crate) enum Files {
    /// List the account's uploaded files
    List {
        #[command(flatten)]
        limit: Limit,
    },
    /// Show a file's metadata
    #[command(visible_aliases = ["view", "get"])]
    Show {
        /// The file's id
        id: String,
    },
    #[command(visible_alias = "create")]
    Upload(Upload),
    Download(Download),
    /// Delete uploaded files
    Delete {
        /// The files' ids
        #[arg(value_name = "ID", required = true)]
        ids: Vec<String>,
        #[command(flatten)]
        confirm: Confirm,
    },
}

/// Upload a file, at most 100 MiB, and print its metadata; it is deleted after a day
#[derive(Args, Debug)]
#[command(after_help = "Example:
  replicate files upload photo.jpg --jq .urls.get")]
pub(crate) struct Upload {
    /// The file, or - for standard input
    file: PathBuf,
    /// The name; default: that of the file
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// The content type; default: that of the file's name
    #[arg(long, value_name = "TYPE")]
    content_type: Option<String>,
    /// Store this metadata with the file
    #[arg(long, value_name = "KEY=VALUE")]
    metadata: Vec<String>,
}

/// Download a file
#[derive(Args, Debug)]
pub(crate) struct Download {
    /// A URL that the API returned, or the id of an uploaded file and its signature
    #[arg(value_name = "URL|ID")]
    file: String,
    /// Save to this file; default: the file's own name in this directory
    #[arg(short, long, value_name = "FILE|-")]
    output: Option<PathBuf>,
    /// Replace an existing file
    #[arg(long)]
    force: bool,
    /// The owner who signed the download of an id
    #[arg(long, requires_all = ["expiry", "signature"])]
    owner: Option<String>,
    /// Expiry time of the signature, in seconds since 1970
    #[arg(long, value_name = "SECONDS", requires = "owner")]
    expiry: Option<i64>,
    /// The signature
    #[arg(long, requires = "owner")]
    signature: Option<String>,
}

const COLUMNS: [Column; 5] = [
    Column::id("ID", |item| text_at(item, "/id")),
    Column::new("NAME", |item| text_at(item, "/name")).worth(100),
    Column::new("TYPE", |item| text_at(item, "/content_type")).worth(20),
    Column::short("BYTES", |item| text_at(item, "/size")),
    Column::short("CREATED", |item| age_at(item, "/created_at")),
];

impl Files {
    pub(crate) async fn execute(self, session: &Session) -> Result<(), CliError> {
        let files = session.client.files();
        match self {
            Self::List { limit } => list::print(session, files.list(), limit, &COLUMNS).await,
            Self::Show { id } => show(session, files.get(id).with_response(), fields).await,
            Self::Upload(upload) => upload.execute(session).await,
            Self::Download(download) => download.execute(session).await,
            Self::Delete { ids, confirm } => {
                let names = ids.join(", ");
                confirm
                    .ask(session, &format!("delete file {names}"))
                    .await?;
                for id in ids {
                    let what = format!("file {id}");
                    delete(session, &what, async |client| {
                        client.files().delete(id).await
                    })
                    .await?;
                }
                Ok(())
            }
        }
    }
}

impl Upload {
    pub(crate) async fn execute(self, session: &Session) -> Result<(), CliError> {
        let is_stdin = self.file == Path::new("-");
        let mut file = match is_stdin {
            true => FileInput::bytes(reader::read_stdin()?, "application/octet-stream"),
            false => FileInput::path(&self.file),
        };
        if let Some(name) = self.name {
            file = file.name(name);
        }
        if let Some(media_type) = self.content_type {
            file = file.media_type(media_type);
        }
        let mut metadata = Map::new();
        for pair in self.metadata {
            let (key, value) = pair.split_once('=').ok_or_else(|| {
                CliError::usage(format!("invalid metadata `{pair}`: expected key=value"))
            })?;
            metadata.insert(key.to_owned(), Value::from(value));
        }
        let progress = session.progress();
        let shown = progress.clone();
        let mut notes = Notes::new(session.quiet);
        let send = async |client: Client| -> Result<Response<File>, Error> {
            let files = client.files();
            let upload = files.create(file);
            let upload = upload.on_progress(move |now| shown.report(now, &mut notes));
            let upload = match metadata.is_empty() {
                true => upload,
                false => upload.metadata(metadata),
            };
            progress.showing(upload.with_response()).await
        };
        change_and_show(session, send, fields).await
    }
}

impl Download {
    async fn execute(self, session: &Session) -> Result<(), CliError> {
        let file = self.file(session)?;
        let progress = session.progress();
        progress.set_text("downloading");
        if self.output.as_deref() == Some(Path::new("-")) {
            return write(session, &file).await;
        }
        let path = self.output.unwrap_or_else(|| PathBuf::from(file.name()));
        let saving = async {
            match self.force {
                true => file.save(&path).await,
                false => file.save_new(&path).await,
            }
        };
        let bytes = session
            .unless_interrupted(progress.showing(saving))
            .await?
            .map_err(|error| {
                let exists = !self.force && path.exists();
                let error = CliError::from(error);
                match exists {
                    true => error.hint("pass --force to replace it, or -o FILE"),
                    false => error,
                }
            })?;
        session.note(format!("saved {} ({bytes} bytes)", path.display()));
        Ok(())
    }

    fn file(&self, session: &Session) -> Result<FileOutput, CliError> {
        let client = &session.client;
        if self.file.contains(':') {
            return Ok(client.download(&self.file));
        }
        match (&self.owner, self.expiry, &self.signature) {
            (Some(owner), Some(expiry), Some(signature)) => Ok(client
                .files()
                .download(&self.file, owner, expiry, signature)),
            _ => Err(CliError::usage(format!(
                "`{}` is not a URL, and an id can be downloaded with a signature only",
                self.file
            ))
            .hint("pass --owner, --expiry and --signature")),
        }
    }
}

/// Writes the content to standard output, if that is not a terminal.
async fn write(session: &Session, file: &FileOutput) -> Result<(), CliError> {
    if terminal::stdout_is_terminal() {
        return Err(CliError::usage("a file is not written to a terminal").hint("pass -o FILE"));
    }
    let mut stream = file.stream();
    loop {
        let chunk = session
            .unless_interrupted(futures::StreamExt::next(&mut stream))
            .await?;
        match chunk {
            Some(chunk) => terminal::write_data(chunk?)?,
            None => return Ok(()),
        }
    }
}

fn fields(file: &Value) -> Vec<Field> {
    vec![
        ("id", text_at(file, "/id")),
        ("name", text_at(file, "/name")),
        ("type", text_at(file, "/content_type")),
        ("bytes", text_at(file, "/size")),
        ("sha256", text_at(file, "/checksums/sha256")),
        ("created", age_at(file, "/created_at")),
        ("expires", text_at(file, "/expires_at")),
        ("metadata", json_at(file, "/metadata")),
        ("url", text_at(file, "/urls/get")),
    ]
}
