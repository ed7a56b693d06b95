//! What can be asked of a company, and in which unit.

use serde::{Deserialize, Serialize};

/// One thing that can be known of a company. Its name is the column's, the key's in a file, and the text key's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    Country,
    Incorporated,
    Status,
    Category,
    Listing,
    Industry,
    Chain,
    ChainDistance,
    ChainGap,
    Founded,
    Employees,
    EmployeeGrowth,
    Revenue,
    RevenueGrowth,
    Profit,
    MarketValue,
    Funding,
    RdSpending,
    RdIntensity,
    Patents,
    Footprint,
    OfficesHere,
}

/// How a measure's values are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// ISO 3166-1 alpha-2, upper case.
    Country,
    /// `active` or `ended`.
    Status,
    /// What kind of entity it is, as LEI records tell it apart: `general`, `fund`, `branch`, `sole_proprietor`, `government` or
    /// `international`.
    Category,
    /// The exchange of the main listing by ISO 10383 (`XHKG`), or `none` for a company known to be unlisted.
    Exchange,
    /// ISIC Rev. 4 without the letter of its section: `26`, `2610`. A table matches the longest beginning.
    Isic,
    /// A place in a value chain, as the pack names it: `batteries.cells`.
    Position,
    /// Steps along the chain to the nearest enterprise already here; 0 is the same place.
    Steps,
    /// Of a place's direct neighbours in the chain, how many are held by enterprises already here, while it is not.
    Neighbours,
    Year,
    People,
    /// Hundredths of a per cent: 1,250 is 12.5 %.
    BasisPoints,
    /// Thousands of United States dollars.
    ThousandDollars,
    Families,
    Countries,
    Offices,
}

impl Measure {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 22] = [
        Self::Country,
        Self::Incorporated,
        Self::Status,
        Self::Category,
        Self::Listing,
        Self::Industry,
        Self::Chain,
        Self::ChainDistance,
        Self::ChainGap,
        Self::Founded,
        Self::Employees,
        Self::EmployeeGrowth,
        Self::Revenue,
        Self::RevenueGrowth,
        Self::Profit,
        Self::MarketValue,
        Self::Funding,
        Self::RdSpending,
        Self::RdIntensity,
        Self::Patents,
        Self::Footprint,
        Self::OfficesHere,
    ];

    /// What a company's row can hold: all but what is worked out from another.
    pub fn held() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|measure| measure.from() == *measure)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Country => "country",
            Self::Incorporated => "incorporated",
            Self::Status => "status",
            Self::Category => "category",
            Self::Listing => "listing",
            Self::Industry => "industry",
            Self::Chain => "chain",
            Self::ChainDistance => "chain_distance",
            Self::ChainGap => "chain_gap",
            Self::Founded => "founded",
            Self::Employees => "employees",
            Self::EmployeeGrowth => "employee_growth",
            Self::Revenue => "revenue",
            Self::RevenueGrowth => "revenue_growth",
            Self::Profit => "profit",
            Self::MarketValue => "market_value",
            Self::Funding => "funding",
            Self::RdSpending => "rd_spending",
            Self::RdIntensity => "rd_intensity",
            Self::Patents => "patents",
            Self::Footprint => "footprint",
            Self::OfficesHere => "offices_here",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|measure| measure.name() == name)
    }

    pub fn unit(self) -> Unit {
        match self {
            Self::Country | Self::Incorporated => Unit::Country,
            Self::Status => Unit::Status,
            Self::Category => Unit::Category,
            Self::Listing => Unit::Exchange,
            Self::Industry => Unit::Isic,
            Self::Chain => Unit::Position,
            Self::ChainDistance => Unit::Steps,
            Self::ChainGap => Unit::Neighbours,
            Self::Founded => Unit::Year,
            Self::Employees => Unit::People,
            Self::EmployeeGrowth | Self::RevenueGrowth | Self::RdIntensity => Unit::BasisPoints,
            Self::Revenue | Self::Profit | Self::MarketValue | Self::Funding | Self::RdSpending => {
                Unit::ThousandDollars
            }
            Self::Patents => Unit::Families,
            Self::Footprint => Unit::Countries,
            Self::OfficesHere => Unit::Offices,
        }
    }

    /// Whether its values are codes rather than whole numbers.
    pub fn is_code(self) -> bool {
        matches!(
            self.unit(),
            Unit::Country | Unit::Status | Unit::Category | Unit::Exchange | Unit::Isic | Unit::Position
        )
    }

    /// The least a figure of it can be, in its unit; a loss has no bound.
    pub fn least(self) -> Option<i64> {
        match self {
            Self::Profit => None,
            // Nothing shrinks by more than all of it.
            Self::EmployeeGrowth | Self::RevenueGrowth => Some(-10_000),
            _ => Some(0),
        }
    }

    /// The column it is read from: its own, or for what is worked out the one it is worked out of.
    pub fn from(self) -> Self {
        match self {
            Self::ChainDistance | Self::ChainGap => Self::Chain,
            other => other,
        }
    }

    /// Whether a table of its codes takes the longest beginning that it holds, not the whole code only.
    pub fn by_beginning(self) -> bool {
        self.unit() == Unit::Isic
    }
}

/// The codes of [`Unit::Category`].
pub const CATEGORIES: [&str; 6] = ["general", "fund", "branch", "sole_proprietor", "government", "international"];

/// The five factors published in January 2026 by which an enterprise is weighed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Factor {
    Technology,
    Investment,
    EconomicBenefit,
    Jobs,
    Ecosystem,
}

impl Factor {
    pub const ALL: [Self; 5] = [Self::Technology, Self::Investment, Self::EconomicBenefit, Self::Jobs, Self::Ecosystem];

    pub fn name(self) -> &'static str {
        match self {
            Self::Technology => "technology",
            Self::Investment => "investment",
            Self::EconomicBenefit => "economic_benefit",
            Self::Jobs => "jobs",
            Self::Ecosystem => "ecosystem",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|factor| factor.name() == name)
    }
}
