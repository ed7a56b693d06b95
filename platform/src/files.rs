//! Files: received under the digest of their content, in a local folder. One door, so that an
//! object store can follow without a room noticing.

use std::path::{Path, PathBuf};

use futures::{Stream, StreamExt};
use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt;

use crate::error::{Error, Result};

pub mod kind;

pub use kind::Kind;

/// Where a file is while it comes in.
const INCOMING: &str = "incoming";
/// How long the slowest upload may take.
const FORGOTTEN: std::time::Duration = std::time::Duration::from_secs(24 * 60 * 60);

#[derive(Clone, Debug)]
pub struct Files {
    folder: PathBuf,
}

/// A file as received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// SHA-256 of the content, in hexadecimal: the file's name in the store.
    pub digest: String,
    pub size: u64,
}

/// A file that came in and was told by its content, and is served to nobody until it is released.
#[derive(Debug)]
pub struct Quarantined {
    /// As the sender called it, without folders and marks that deceive.
    pub name: String,
    pub kind: Kind,
    pub received: Received,
    temporary: tempfile::NamedTempFile,
}

impl Files {
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Writes a stream to the store, refusing more than `most` bytes; nothing half-written is
    /// left under a digest.
    pub async fn receive<S, B, E>(&self, stream: S, most: u64) -> Result<Received>
    where
        S: Stream<Item = std::result::Result<B, E>> + Unpin,
        B: AsRef<[u8]>,
        E: std::error::Error + Send + Sync + 'static,
    {
        let (temporary, received) = self.incoming(stream, most).await?;
        self.keep(temporary, &received).await?;
        Ok(received)
    }

    /// Takes a file in from outside: hashed, told by its content and never by its name, and kept
    /// apart until [`Files::release`]. What is dropped before that is gone.
    pub async fn quarantine<S, B, E>(&self, stream: S, name: &str, most: u64) -> Result<Quarantined>
    where
        S: Stream<Item = std::result::Result<B, E>> + Unpin,
        B: AsRef<[u8]>,
        E: std::error::Error + Send + Sync + 'static,
    {
        let (temporary, received) = self.incoming(stream, most).await?;
        let mut head = vec![0; kind::LOOK];
        let mut file = tokio::fs::File::from_std(temporary.reopen()?);
        let mut filled = 0;
        while filled < head.len() {
            match tokio::io::AsyncReadExt::read(&mut file, &mut head[filled..]).await? {
                0 => break,
                some => filled += some,
            }
        }
        head.truncate(filled);
        let kind = Kind::of(&head).ok_or_else(|| Error::invalid("file", "file-kind-unknown"))?;
        Ok(Quarantined { name: kind::plain_name(name, kind), kind, received, temporary })
    }

    /// Lets a quarantined file into the store, where those who may can have it.
    pub async fn release(&self, file: Quarantined) -> Result<Received> {
        self.keep(file.temporary, &file.received).await?;
        Ok(file.received)
    }

    async fn incoming<S, B, E>(&self, mut stream: S, most: u64) -> Result<(tempfile::NamedTempFile, Received)>
    where
        S: Stream<Item = std::result::Result<B, E>> + Unpin,
        B: AsRef<[u8]>,
        E: std::error::Error + Send + Sync + 'static,
    {
        let incoming = self.folder.join(INCOMING);
        tokio::fs::create_dir_all(&incoming).await?;
        let temporary = tempfile::NamedTempFile::new_in(&incoming)?;
        let mut file = tokio::fs::File::from_std(temporary.reopen()?);
        let (mut digest, mut size) = (Sha256::new(), 0_u64);
        while let Some(part) = stream.next().await {
            let part = part.map_err(|error| Error::Unexpected(Box::new(error)))?;
            size += part.as_ref().len() as u64;
            if size > most {
                return Err(Error::conflict_with("file-too-large", &[("most", (most >> 20).to_string())]));
            }
            digest.update(part.as_ref());
            file.write_all(part.as_ref()).await?;
        }
        file.flush().await?;
        file.sync_all().await?;
        let digest = data_encoding::HEXLOWER.encode(&digest.finalize());
        Ok((temporary, Received { digest, size }))
    }

    async fn keep(&self, temporary: tempfile::NamedTempFile, received: &Received) -> Result<()> {
        let place = self.place(&received.digest);
        if let Some(parent) = place.parent() {
            tokio::fs::create_dir_all(parent).await?;
        }
        temporary.persist(&place).map_err(|error| Error::Unexpected(Box::new(error)))?;
        Ok(())
    }

    /// Clears away what broken-off uploads of earlier days left: this process, and others that share the folder, may be
    /// receiving what is younger. Answers how many files went.
    pub fn clear_incoming(&self, now: std::time::SystemTime) -> Result<u64> {
        let incoming = self.folder.join(INCOMING);
        let entries = match std::fs::read_dir(&incoming) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
            Err(error) => return Err(error.into()),
        };
        let mut cleared = 0;
        for entry in entries {
            let entry = entry?;
            let age = entry.metadata()?.modified().ok().and_then(|at| now.duration_since(at).ok());
            if age.is_some_and(|age| age > FORGOTTEN) && std::fs::remove_file(entry.path()).is_ok() {
                cleared += 1;
            }
        }
        Ok(cleared)
    }

    /// Takes in a file that is already on this machine.
    pub async fn receive_path(&self, path: &Path, most: u64) -> Result<Received> {
        let file = tokio::fs::File::open(path).await?;
        self.receive(tokio_util::io::ReaderStream::new(file), most).await
    }

    /// Where a stored file is. The digest comes from our own table, never from a visitor.
    pub fn place(&self, digest: &str) -> PathBuf {
        let shelf = digest.get(..2).unwrap_or("00");
        self.folder.join(shelf).join(digest)
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_broken_off_upload_left_is_cleared_after_a_day() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::new(folder.path().to_owned());
        let now = std::time::SystemTime::now();
        assert_eq!(files.clear_incoming(now).unwrap(), 0, "nothing ever came in");
        std::fs::create_dir(folder.path().join(INCOMING)).unwrap();
        std::fs::write(folder.path().join(INCOMING).join("half"), b"x").unwrap();
        assert_eq!(files.clear_incoming(now + FORGOTTEN / 2).unwrap(), 0, "it may still be coming");
        assert_eq!(files.clear_incoming(now + FORGOTTEN * 2).unwrap(), 1);
        assert_eq!(std::fs::read_dir(folder.path().join(INCOMING)).unwrap().count(), 0);
    }
}
