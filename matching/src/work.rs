//! What a job on files has finished, kept beside its output until it is done: found again by the same job after a kill.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::cluster::Edge;
use crate::error::Error;
use crate::model::Model;

/// The folder beside the output where a job keeps what it has finished.
pub(crate) struct Work {
    pub folder: PathBuf,
}

impl Work {
    pub fn open(out: &Path, mark: u64) -> Result<Self, Error> {
        let mut folder = out.as_os_str().to_owned();
        folder.push(".work");
        let folder = PathBuf::from(folder);
        let marked = folder.join("mark");
        if std::fs::read(&marked).ok().as_deref() != Some(&mark.to_le_bytes()) {
            let _ = std::fs::remove_dir_all(&folder);
            std::fs::create_dir_all(&folder).map_err(Error::io(&folder))?;
            std::fs::write(&marked, mark.to_le_bytes()).map_err(Error::io(&marked))?;
        }
        Ok(Self { folder })
    }

    pub fn model_place(&self) -> PathBuf {
        self.folder.join("model.toml")
    }

    pub fn model(&self) -> Option<Model> {
        Model::read(&self.model_place()).ok()
    }

    fn place(&self, at: usize) -> PathBuf {
        self.folder.join(format!("edges-{at:05}"))
    }

    pub fn done(&self, partitions: usize) -> Vec<bool> {
        (0..partitions).map(|at| self.place(at).is_file()).collect()
    }

    pub fn keep(&self, at: usize, bytes: &[u8]) -> Result<(), Error> {
        let place = self.place(at);
        let part = place.with_extension("part");
        let mut file = File::create(&part).map_err(Error::io(&part))?;
        file.write_all(bytes).map_err(Error::io(&part))?;
        std::fs::rename(&part, &place).map_err(Error::io(&place))
    }

    pub fn load(&self, at: usize, edges: &mut Vec<Edge>) -> Result<(), Error> {
        let place = self.place(at);
        let bytes = std::fs::read(&place).map_err(Error::io(&place))?;
        let (all, _) = bytes.as_chunks::<16>();
        edges.extend(all.iter().map(|b| {
            let eight = |from: usize| [b[from], b[from + 1], b[from + 2], b[from + 3]];
            let (low, high) = (u32::from_le_bytes(eight(0)), u32::from_le_bytes(eight(4)));
            Edge {
                pair: u64::from(high) << 32 | u64::from(low),
                logit: f32::from_le_bytes(eight(8)),
                kin: f32::from_le_bytes(eight(12)),
            }
        }));
        Ok(())
    }

    pub fn remove(self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Sixteen bytes for each edge.
pub(crate) fn packed(edges: &[Edge]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(edges.len() * 16);
    for edge in edges {
        bytes.extend(edge.pair.to_le_bytes());
        bytes.extend(edge.logit.to_le_bytes());
        bytes.extend(edge.kin.to_le_bytes());
    }
    bytes
}
