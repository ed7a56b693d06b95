//! Our functions on executors: aggregates over the columns of a piece that answer with one row.
//!
//! What a function is to reckon by comes as its first argument, as a word of a dictionary: one text, however many rows there are.
//! Their names hold the version, so that no other's can be taken for them.

use std::fmt::{self, Debug};
use std::sync::{Arc, LazyLock};

use arrow_array::{ArrayRef, UInt64Array};
use arrow_schema::DataType;
use datafusion::common::{DataFusionError, Result, ScalarValue, exec_datafusion_err, exec_err};
use datafusion::execution::{SessionState, SessionStateBuilder};
use datafusion::logical_expr::function::AccumulatorArgs;
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, Signature, Volatility};
use datafusion::physical_expr::expressions::Literal;
use datafusion::prelude::SessionConfig;

use super::weigh::Weighing;
use super::{Version, objects};
use crate::screen::count::{Count, Counted, Reckon};
use crate::screen::kernel::Columns;

/// What our functions do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    /// Looks at companies by a plan: counts them, and keeps the best or how many stand before each of the best.
    Look,
    /// Weighs pairs of records by a model.
    Weigh,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Function {
    kind: Kind,
    name: String,
    signature: Signature,
}

static LOOK: LazyLock<Arc<AggregateUDF>> = LazyLock::new(|| function(Kind::Look, "look"));
static WEIGH: LazyLock<Arc<AggregateUDF>> = LazyLock::new(|| function(Kind::Weigh, "weigh"));

fn function(kind: Kind, name: &str) -> Arc<AggregateUDF> {
    let name = format!("oases_{name}_{}", Version::own().to_string().replace(['.', '+'], "_"));
    let signature = Signature::variadic_any(Volatility::Immutable);
    Arc::new(AggregateUDF::new_from_impl(Function { kind, name, signature }))
}

pub(super) fn look() -> Arc<AggregateUDF> {
    LOOK.clone()
}

pub(super) fn weigh() -> Arc<AggregateUDF> {
    WEIGH.clone()
}

pub(super) fn all() -> Vec<Arc<AggregateUDF>> {
    vec![look(), weigh()]
}

/// What a scheduler reads plans by.
pub(super) fn session(config: SessionConfig) -> Result<SessionState> {
    let state = ballista_core::utils::default_session_builder(config)?;
    let mut state = SessionStateBuilder::new_from_existing(state).with_runtime_env(objects::runtime()?).build();
    for function in all() {
        datafusion::execution::FunctionRegistry::register_udaf(&mut state, function)?;
    }
    Ok(state)
}

/// A text as one word of a dictionary.
pub(super) fn word(text: String) -> ScalarValue {
    ScalarValue::Dictionary(Box::new(DataType::Int32), Box::new(ScalarValue::Utf8(Some(text))))
}

impl AggregateUDFImpl for Function {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(match self.kind {
            Kind::Look => DataType::Utf8,
            Kind::Weigh => DataType::Binary,
        })
    }

    fn accumulator(&self, arguments: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        let first = arguments.exprs.first().and_then(|first| first.downcast_ref::<Literal>()).map(Literal::value);
        let Some(ScalarValue::Dictionary(_, text)) = first else { return exec_err!("{} has no task", self.name) };
        let ScalarValue::Utf8(Some(text)) = text.as_ref() else { return exec_err!("{} has no task", self.name) };
        Ok(match self.kind {
            Kind::Look => {
                let reckon: Reckon =
                    serde_json::from_str(text).map_err(|error| DataFusionError::External(Box::new(error)))?;
                Box::new(Looking { count: Count::new(reckon) })
            }
            Kind::Weigh => Box::new(Weighing::new(text)?),
        })
    }
}

struct Looking {
    count: Count,
}

impl Debug for Looking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Looking").finish_non_exhaustive()
    }
}

impl Accumulator for Looking {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let Some(ids) = values.get(1).and_then(|ids| ids.as_any().downcast_ref::<UInt64Array>()) else {
            return exec_err!("a piece has no ids");
        };
        let mut columns = Columns::default();
        for (measure, column) in self.count.measures().iter().zip(&values[2..]) {
            columns.put(*measure, column.clone());
        }
        self.count.see(&columns, ids.values());
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let text = serde_json::to_string(&self.count.counted());
        Ok(ScalarValue::Utf8(Some(text.map_err(|error| DataFusionError::External(Box::new(error)))?)))
    }

    fn size(&self) -> usize {
        size_of_val(self)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![self.evaluate()?])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let Some(texts) = states.first().and_then(|texts| texts.as_any().downcast_ref::<arrow_array::StringArray>())
        else {
            return exec_err!("a state is no text");
        };
        for text in texts.iter().flatten() {
            let counted: Counted = serde_json::from_str(text).map_err(|error| exec_datafusion_err!("{error}"))?;
            self.count.add(counted);
        }
        Ok(())
    }
}
