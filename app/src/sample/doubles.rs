//! Records of the sample office that may be of one enterprise, as six bodies would hand them in: for the review to ask
//! about. Made up like all else.

use anyhow::Result;
use directory::enterprise::{self, NewEnterprise, NewName};
use directory::resemblance::review;
use platform::Cx;
use platform::forms::Loose;

/// Names of one record, its website, its origin.
type Double = (&'static [&'static str], &'static str, &'static str);

const DOUBLES: [Double; 15] = [
    // One spelt three ways, and a slip of the pen.
    (&["Veldspar Photonics Limited", "維斯帕光電有限公司"], "veldspar.example", "hong-kong"),
    (&["Veldspar Photonics (HK) Ltd."], "", "hong-kong"),
    (&["VELDSPAR PHOTONIX LTD"], "www.veldspar.example", "united-kingdom"),
    (&["維斯帕光電"], "", ""),
    // One and its sister, which are not one.
    (&["Norrland Cell Therapies AB"], "norrlandcell.example", "sweden"),
    (&["Norrland Cell Therapy"], "", "sweden"),
    (&["Norrland Gene Vectors AB"], "norrlandcell.example", "sweden"),
    // Each in a script of its own.
    (&["岚海算力科技有限公司"], "", "mainland"),
    (&["Lanhai Computing Technology Co., Ltd."], "", "mainland"),
    // Two of a family in two countries.
    (&["Oberwald Turbines GmbH"], "oberwald.example", "germany"),
    (&["Oberwald Turbines Asia Pacific Limited"], "oberwald.example", "hong-kong"),
    // Three bodies' spellings of one.
    (&["Altamar Insurtech Group"], "altamar.example", "singapore"),
    (&["ALTAMAR INSURTECH PTE. LTD."], "www.altamar.example", "singapore"),
    (&["Altamar Insur-tech Private Limited", "艾塔瑪保險科技"], "", "singapore"),
    // One that the office has had since it opened.
    (&["Lanyue Biologics Co., Ltd.", "岚岳生物制药有限公司"], "lanyue.example", "mainland"),
];

/// How many there are.
pub const COUNT: usize = DOUBLES.len();

/// Registers them, and looks through the register for pairs.
pub async fn register(cx: &mut Cx) -> Result<()> {
    for (names, website, origin) in DOUBLES {
        let new = NewEnterprise {
            names: names.iter().map(|name| NewName { name: (*name).to_owned(), ..NewName::default() }).collect(),
            website: Loose::from(website),
            reporting_origin: Loose::from(origin),
            description: Loose::from("Made up for the sample office."),
            distinct_from_resembling: true,
            ..NewEnterprise::default()
        };
        enterprise::register(cx, new).await?;
    }
    cx.commit().await?;
    review::find_all(cx).await?;
    Ok(cx.commit().await?)
}
