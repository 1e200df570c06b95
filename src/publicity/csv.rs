//! A list as CSV.

use crate::http::Problem;
use crate::publicity::answer::RowAnswer;

/// One line a row.
pub fn csv(rows: &[RowAnswer]) -> Result<Vec<u8>, Problem> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(["place", "name", "street", "lane", "granted_fen", "granted_on"]).map_err(Problem::internal)?;
    for row in rows {
        let record = [
            row.place.to_string(),
            row.name.clone(),
            row.street.to_string(),
            row.lane.as_str().to_owned(),
            row.granted_fen.get().to_string(),
            row.granted_on.to_string(),
        ];
        out.write_record(record).map_err(Problem::internal)?;
    }
    out.into_inner().map_err(Problem::internal)
}
