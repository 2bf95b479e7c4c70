//! The answer to `query_range`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;
use lamplighter_core::ports::{Sample, Series};
use serde::Deserialize;

use crate::PrometheusError;
use crate::answer::data;
use crate::pieces::Piece;

/// Series that are put together from pieces, by their labels.
#[derive(Default)]
pub(crate) struct Matrix(BTreeMap<BTreeMap<String, String>, Vec<Sample>>);

#[derive(Deserialize)]
#[serde(bound = "'de: 'a")]
struct Answer<'a> {
    #[serde(rename = "resultType", borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    result: Vec<Row<'a>>,
}

#[derive(Deserialize)]
#[serde(bound = "'de: 'a")]
struct Row<'a> {
    #[serde(default)]
    metric: BTreeMap<String, String>,
    // Absent where there are only native histograms.
    #[serde(borrow, default)]
    values: Vec<Point<'a>>,
}

/// Seconds since 1970, and the value as text.
#[derive(Deserialize)]
#[serde(bound = "'de: 'a")]
struct Point<'a>(f64, #[serde(borrow)] Cow<'a, str>);

impl Matrix {
    /// Adds the answer for a piece. Points that are not of it are left out, whoever sent them.
    pub(crate) fn add(&mut self, server: &str, body: &[u8], piece: Piece) -> Result<(), PrometheusError> {
        let answer: Answer<'_> = data(server, body)?;
        if answer.kind != "matrix" {
            let what = format!("a {} instead of a matrix", answer.kind.chars().take(20).collect::<String>());
            return Err(PrometheusError::NotTheApi { server: server.to_owned(), what });
        }
        for row in answer.result {
            let samples = row.values.iter().filter_map(|point| point.sample(piece));
            self.0.entry(row.metric).or_default().extend(samples);
        }
        Ok(())
    }

    /// The series that have a sample.
    pub(crate) fn series(self) -> Vec<Series> {
        let filled = self.0.into_iter().filter(|(_, samples)| !samples.is_empty());
        let series = filled.map(|(labels, mut samples)| {
            samples.sort_by_key(|sample| sample.at);
            Series { labels, samples }
        });
        series.collect()
    }
}

impl Point<'_> {
    /// The sample, where the value is a number and the time one of the piece.
    fn sample(&self, piece: Piece) -> Option<Sample> {
        let value = self.1.parse().ok().filter(|value: &f64| value.is_finite())?;
        #[expect(clippy::cast_possible_truncation, reason = "what is out of range saturates and is not of the piece")]
        let at = (self.0 * 1_000.0).round() as i64;
        let is_inside = (piece.start..=piece.end).contains(&at);
        is_inside.then(|| Timestamp::from_millisecond(at).ok()).flatten().map(|at| Sample { at, value })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PIECE: Piece = Piece { start: 10_000, end: 20_000 };

    fn read(result: &str) -> Result<Vec<Series>, PrometheusError> {
        let mut matrix = Matrix::default();
        let body = format!(r#"{{"status":"success","data":{{"resultType":"matrix","result":{result}}}}}"#);
        matrix.add("Prometheus", body.as_bytes(), PIECE)?;
        Ok(matrix.series())
    }

    fn samples(values: &str) -> Vec<(i64, f64)> {
        let series = read(&format!(r#"[{{"metric":{{}},"values":{values}}}]"#)).unwrap();
        series.iter().flat_map(|series| &series.samples).map(|s| (s.at.as_millisecond(), s.value)).collect()
    }

    #[test]
    fn values_are_read_and_what_is_no_number_is_left_out() {
        assert_eq!(samples(r#"[[10,"1"],[10.001,"-2.5e3"],[20,"0x1p-2"]]"#), [(10_000, 1.0), (10_001, -2500.0)]);
        assert_eq!(samples(r#"[[11,"NaN"],[12,"+Inf"],[13,"-Inf"],[14,"inf"],[15,""],[16,"7"]]"#), [(16_000, 7.0)]);
        assert_eq!(samples(r#"[[12,"2"],[11,"1"]]"#), [(11_000, 1.0), (12_000, 2.0)]);
        assert_eq!(samples(r#"[[9.999,"1"],[20.001,"1"],[1e300,"1"],[-1e300,"1"]]"#), []);
    }

    #[test]
    fn a_series_without_a_sample_is_left_out() {
        let rows = r#"[{"metric":{"a":"1"},"values":[[11,"NaN"]]},{"metric":{"a":"2"},"histograms":[[11,{}]]}]"#;
        assert_eq!(read(rows).unwrap(), []);
    }

    #[test]
    fn labels_keep_what_they_say() {
        let series = read(r#"[{"metric":{"__name__":"up","job":"a\"b\\c\nü"},"values":[[10,"1"]]}]"#).unwrap();
        assert_eq!(series[0].labels["job"], "a\"b\\c\nü");
    }

    #[test]
    fn what_is_not_a_matrix_is_not_taken_for_one() {
        let mut matrix = Matrix::default();
        for (body, says) in [
            (r#"{"status":"success","data":{"resultType":"vector","result":[]}}"#, "a vector instead of a matrix"),
            (r#"{"status":"success","data":{}}"#, "does not parse"),
            (r#"{"status":"success"}"#, "does not answer as its API does"),
            (r#"{"status":"error","errorType":"execution","error":"no"}"#, "cannot evaluate the query: no"),
            (
                r#"{"status":"error","errorType":"execution","error":"no","data":{"resultType":"matrix","result":[]}}"#,
                "cannot evaluate the query: no",
            ),
            (r#"{"status":"maybe","data":{"resultType":"matrix","result":[]}}"#, "does not parse"),
            ("<html>", "does not parse"),
            ("[]", "does not parse"),
            ("", "does not parse"),
        ] {
            let error = matrix.add("Prometheus", body.as_bytes(), PIECE).unwrap_err().to_string();
            assert!(error.contains(says), "{body}: {error}");
        }
    }

    proptest! {
        #[test]
        fn no_answer_makes_the_reader_fail_otherwise_than_with_an_error(body: Vec<u8>, at: f64, value: String) {
            let mut matrix = Matrix::default();
            prop_assert!(matrix.add("Prometheus", &body, PIECE).is_err());
            let at = if at.is_finite() { at } else { 0.0 };
            let found = read(&format!("[{{\"values\":[[{at:?},{}]]}}]", serde_json::to_string(&value).unwrap()));
            prop_assert!(found.unwrap().iter().flat_map(|series| &series.samples).all(|s| s.value.is_finite()));
        }
    }
}
