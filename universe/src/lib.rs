//! Open company data in Parquet with a catalogue: read from LEI files, registers by a column map and analysts' sheets, kept up to
//! date by source, and screened. Knows no room and no database.
