//! Records of the sample office that may be of one enterprise, as six bodies would hand them in: for the review to ask
//! about. Made up like all else.

use anyhow::Result;
use directory::enterprise::{self, NewEnterprise, NewName};
use directory::resemblance::review;
use platform::Cx;
use platform::forms::Loose;

/// Names of one record each, its website, its origin.
const DOUBLES: [(&[&str], &str, &str); 9] = [
    // One spelt twice, with and without its form.
    (&["Lanyue Biologics Co., Ltd.", "岚岳生物制药有限公司"], "lanyue.example", "mainland"),
    // A slip of the pen.
    (&["Brightwel Payments Limited"], "brightwell-payments.example", "hong-kong"),
    // The other script alone.
    (&["昂達氫能有限公司"], "", "mainland"),
    // The same words in another order.
    (&["Robotics Kestrel Ltd"], "", "united-kingdom"),
    // Two of a family, which are not one.
    (&["Tesselle Games (Hong Kong) Limited"], "tesselle.example", "hong-kong"),
    (&["Tesselle Games GmbH"], "tesselle.example", "germany"),
    // Three spellings from three bodies.
    (&["Altamar Insurtech Group"], "altamar.example", "singapore"),
    (&["ALTAMAR INSURTECH PTE. LTD."], "www.altamar.example", "singapore"),
    (&["Altamar Insur-tech Private Limited", "艾塔瑪保險科技"], "", "singapore"),
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
