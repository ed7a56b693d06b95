//! Where files lie: on this machine's disk, or in a store that speaks S3.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ballista_core::RuntimeProducer;
use datafusion::common::DataFusionError;
use datafusion::datasource::object_store::ObjectStoreUrl;
use datafusion::execution::object_store::{DefaultObjectStoreRegistry, ObjectStoreRegistry};
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use object_store::ObjectStore;
use object_store::aws::AmazonS3Builder;
use url::Url;

use super::Error;

/// The disk as always, and each `s3://bucket` when it is first asked for. Address, region and keys come from the environment:
/// AWS_ENDPOINT, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, and AWS_ALLOW_HTTP=true for stores without TLS.
#[derive(Debug, Default)]
pub(super) struct Stores {
    disk: DefaultObjectStoreRegistry,
    buckets: Mutex<HashMap<String, Arc<dyn ObjectStore>>>,
}

impl ObjectStoreRegistry for Stores {
    fn register_store(&self, url: &Url, store: Arc<dyn ObjectStore>) -> Option<Arc<dyn ObjectStore>> {
        self.disk.register_store(url, store)
    }

    fn get_store(&self, url: &Url) -> datafusion::error::Result<Arc<dyn ObjectStore>> {
        if url.scheme() != "s3" {
            return self.disk.get_store(url);
        }
        let name = url.host_str().unwrap_or_default();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(store) = buckets.get(name) {
            return Ok(store.clone());
        }
        let store = AmazonS3Builder::from_env().with_bucket_name(name).build();
        let store: Arc<dyn ObjectStore> = Arc::new(store.map_err(|error| DataFusionError::External(Box::new(error)))?);
        buckets.insert(name.to_owned(), store.clone());
        Ok(store)
    }
}

/// What a scheduler reads plans in: it must know of stores, and never reads from them.
pub(super) fn runtime() -> datafusion::error::Result<Arc<RuntimeEnv>> {
    RuntimeEnvBuilder::new().with_object_store_registry(Arc::new(Stores::default())).build_arc()
}

/// What tasks of an executor run in.
pub(super) fn runtimes(work: PathBuf) -> RuntimeProducer {
    let stores = Arc::new(Stores::default());
    Arc::new(move |_| {
        RuntimeEnvBuilder::new()
            .with_temp_file_path(work.clone())
            .with_object_store_registry(stores.clone())
            .build_arc()
    })
}

pub(super) fn disk() -> ObjectStoreUrl {
    ObjectStoreUrl::local_filesystem()
}

/// A file of the disk, as plans name it.
pub(super) fn on_disk(path: &Path) -> Result<String, Error> {
    let wrong = |reason: String| Error::Objects { address: path.display().to_string(), reason };
    let path = path.canonicalize().map_err(|error| wrong(error.to_string()))?;
    let place = object_store::path::Path::from_absolute_path(&path).map_err(|error| wrong(error.to_string()))?;
    Ok(place.to_string())
}

/// A file of the folder where executors find it: its store, and its place there.
pub(super) fn place(folder: &Url, file: &str) -> Result<(ObjectStoreUrl, String), Error> {
    let wrong = |reason: &str| Error::Objects { address: folder.to_string(), reason: reason.to_owned() };
    let path = format!("{}/{}/{file}", folder.path().trim_matches('/'), crate::catalogue::DATA);
    match (folder.scheme(), folder.host_str()) {
        ("s3", Some(bucket)) => {
            let store = ObjectStoreUrl::parse(format!("s3://{bucket}"))?;
            Ok((store, path.trim_start_matches('/').to_owned()))
        }
        ("file", _) => Ok((disk(), path)),
        _ => Err(wrong("neither s3://bucket/folder nor file:///folder")),
    }
}
