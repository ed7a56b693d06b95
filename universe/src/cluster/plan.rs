//! A piece as a plan of one stage: some groups of rows of a file, and our function over their columns.

use std::ops::Range;
use std::sync::Arc;

use arrow_schema::SchemaRef;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::object_store::ObjectStoreUrl;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::logical_expr::AggregateUDF;
use datafusion::physical_expr::aggregate::AggregateExprBuilder;
use datafusion::physical_expr::expressions::{Column, Literal};
use datafusion::physical_plan::aggregates::{AggregateExec, AggregateMode, PhysicalGroupBy};
use datafusion::physical_plan::{ExecutionPlan, PhysicalExpr};
use datafusion_proto::bytes::physical_plan_to_bytes;

use super::{Error, functions};

/// What is read.
pub(super) struct Scan {
    pub store: ObjectStoreUrl,
    /// The file's place in the store, and how many bytes it has.
    pub place: String,
    pub size: u64,
    /// Groups of rows that begin between these bytes are read.
    pub bytes: Range<i64>,
    pub schema: SchemaRef,
    pub columns: Vec<usize>,
}

impl Scan {
    /// The plan, written down, that gives one row: what the function makes of the task and the columns.
    pub fn under(self, function: Arc<AggregateUDF>, task: &str) -> Result<Vec<u8>, Error> {
        let file = PartitionedFile::new(self.place, self.size).with_range(self.bytes.start, self.bytes.end);
        let source = Arc::new(ParquetSource::new(self.schema));
        let scan = FileScanConfigBuilder::new(self.store, source)
            .with_file_group(FileGroup::new(vec![file]))
            .with_projection_indices(Some(self.columns))?
            .build();
        let scan = DataSourceExec::from_data_source(scan);
        let schema = scan.schema();
        let mut arguments: Vec<Arc<dyn PhysicalExpr>> = vec![Arc::new(Literal::new(functions::word(task.to_owned())))];
        for (at, field) in schema.fields().iter().enumerate() {
            arguments.push(Arc::new(Column::new(field.name(), at)));
        }
        let made = AggregateExprBuilder::new(function, arguments).schema(schema.clone()).alias("answer").build()?;
        let (mode, groups) = (AggregateMode::Single, PhysicalGroupBy::default());
        let all = AggregateExec::try_new(mode, groups, vec![Arc::new(made)], vec![None], scan, schema)?;
        Ok(physical_plan_to_bytes(Arc::new(all))?.to_vec())
    }
}
