use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use futures::StreamExt;
use replicate::resources::UploadFile;
use replicate::{Client, FileInput, FileOutput};
use serde_json::{Map, Value};

use super::{SessionCommand, change_and_show, delete, show, with_option};
use crate::confirm::Confirm;
use crate::error::{CliError, Result};
use crate::list::{self, Limit};
use crate::reader;
use crate::record::Cell::{Age, Json, Text};
use crate::record::Field;
use crate::session::Session;
use crate::table::Column;
use crate::terminal;

/// Upload, list, show, download and delete files
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = false)]
pub(crate) enum Files {
    /// List the account's uploaded files
    List(Limit),
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
    Column::id("ID", Text("/id")),
    Column::new("NAME", Text("/name")).worth(100),
    Column::new("TYPE", Text("/content_type")).worth(20),
    Column::short("BYTES", Text("/size")),
    Column::short("CREATED", Age("/created_at")),
];

const FIELDS: [Field; 9] = [
    ("id", Text("/id")),
    ("name", Text("/name")),
    ("type", Text("/content_type")),
    ("bytes", Text("/size")),
    ("sha256", Text("/checksums/sha256")),
    ("created", Age("/created_at")),
    ("expires", Text("/expires_at")),
    ("metadata", Json("/metadata")),
    ("url", Text("/urls/get")),
];

impl SessionCommand for Files {
    async fn execute(self, session: &Session) -> Result<()> {
        let files = session.client.files();
        match self {
            Self::List(limit) => list::print(session, files.list(), limit, &COLUMNS).await,
            Self::Show { id } => show(session, files.get(id), &FIELDS).await,
            Self::Upload(upload) => upload.execute(session).await,
            Self::Download(download) => download.execute(session).await,
            Self::Delete { ids, confirm } => {
                let names = ids.join(", ");
                let question = format!("delete file {names}");
                confirm.ask(session, &question).await?;
                for id in ids {
                    let what = format!("file {id}");
                    delete(session, &what, |client| client.files().delete(id)).await?;
                }
                Ok(())
            }
        }
    }
}

impl SessionCommand for Upload {
    async fn execute(self, session: &Session) -> Result<()> {
        let is_stdin = self.file == Path::new("-");
        let file = match is_stdin {
            true => FileInput::bytes(reader::read_stdin()?, "application/octet-stream"),
            false => FileInput::path(&self.file),
        };
        let file = with_option(file, self.name, FileInput::name);
        let file = with_option(file, self.content_type, FileInput::media_type);
        let mut metadata = Map::new();
        for pair in self.metadata {
            let (key, value) = pair.split_once('=').ok_or_else(|| {
                CliError::usage(format!("invalid metadata `{pair}`: expected key=value"))
            })?;
            metadata.insert(key.to_owned(), Value::from(value));
        }
        let progress = session.progress();
        let shown = progress.clone();
        let mut outage = false;
        let metadata = (!metadata.is_empty()).then_some(metadata);
        let send = async |client: Client| {
            let upload = client.files().create(file);
            let upload = upload.on_progress(move |now| shown.report(now, &mut outage));
            let upload = with_option(upload, metadata, UploadFile::metadata);
            progress.showing(upload.with_response()).await
        };
        change_and_show(session, "files list", send, &FIELDS).await
    }
}

impl Download {
    async fn execute(self, session: &Session) -> Result<()> {
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
        let saving = session.unless_interrupted(progress.showing(saving));
        let bytes = saving.await?.map_err(|error| {
            let error = CliError::from(error);
            if !self.force && path.exists() {
                return error.hint("pass --force to replace it, or -o FILE");
            }
            error
        })?;
        session.note(format!("saved {} ({bytes} bytes)", path.display()));
        Ok(())
    }

    fn file(&self, session: &Session) -> Result<FileOutput> {
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
async fn write(session: &Session, file: &FileOutput) -> Result<()> {
    if terminal::stdout_is_terminal() {
        return Err(CliError::usage("a file is not written to a terminal").hint("pass -o FILE"));
    }
    let mut stream = file.stream();
    loop {
        match session.unless_interrupted(stream.next()).await? {
            Some(chunk) => terminal::write_data(chunk?)?,
            None => return Ok(()),
        }
    }
}
