//! Files: received under the digest of their content, in a local folder. One door, so that an
//! object store can follow without a room noticing.

use std::path::{Path, PathBuf};

use futures::{Stream, StreamExt};
use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt;

use crate::error::{Error, Result};

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

impl Files {
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Writes a stream to the store, refusing more than `most` bytes; nothing half-written is
    /// left under a digest.
    pub async fn receive<S, B, E>(&self, mut stream: S, most: u64) -> Result<Received>
    where
        S: Stream<Item = std::result::Result<B, E>> + Unpin,
        B: AsRef<[u8]>,
        E: std::error::Error + Send + Sync + 'static,
    {
        let incoming = self.folder.join("incoming");
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
        let place = self.place(&digest);
        if let Some(parent) = place.parent() {
            tokio::fs::create_dir_all(parent).await?;
        }
        temporary.persist(&place).map_err(|error| Error::Unexpected(Box::new(error)))?;
        Ok(Received { digest, size })
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
