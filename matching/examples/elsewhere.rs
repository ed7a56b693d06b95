//! Writes DIR/records.csv and DIR/truth.csv of the second generator: elsewhere ENTITIES SEED MIX DIR, MIX one of offices, sparse, messy.

#[path = "../tests/elsewhere/mod.rs"]
mod elsewhere;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().collect();
    let [_, entities, seed, mix, dir] = args.as_slice() else {
        return Err("elsewhere ENTITIES SEED offices|sparse|messy DIR".into());
    };
    let mix = match mix.as_str() {
        "sparse" => elsewhere::SPARSE,
        "messy" => elsewhere::MESSY,
        _ => elsewhere::OFFICES,
    };
    std::fs::create_dir_all(dir)?;
    let mut records = csv::Writer::from_path(format!("{dir}/records.csv"))?;
    let mut truth = csv::Writer::from_path(format!("{dir}/truth.csv"))?;
    records.write_record(elsewhere::HEADER)?;
    truth.write_record(["record_id", "entity_id", "family_id"])?;
    for row in elsewhere::rows(entities.parse()?, seed.parse()?, &mix) {
        records.write_record(&row.fields)?;
        truth.write_record([&row.fields[0], &row.entity.to_string(), &row.family.to_string()])?;
    }
    records.flush()?;
    truth.flush()?;
    Ok(())
}
