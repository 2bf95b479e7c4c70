//! Log lines as programs write them.

use crate::random::Random;

/// So many lines of eighteen kinds, most of them of eight. The same number gives the same lines.
#[must_use]
pub fn log_lines(count: usize) -> Vec<String> {
    let mut random = Random::new(11);
    (0..count).map(|at| line(&mut random, at)).collect()
}

fn line(random: &mut Random, at: usize) -> String {
    const COMMON: [&str; 8] = [
        "GET /api/v1/items/{n} 200 {n}ms user={w}",
        "request handled path=/api/v1/basket/{x} status=200 duration_ms={n}",
        "cache hit key=session:{x} ttl={n}",
        "published event order.created id={x} partition={n} offset={n}",
        "health check ok component={w}",
        "db query finished rows={n} took={n}us statement={x}",
        "token refreshed for subject {x} expires in {n} seconds",
        "retrying call to {a} attempt {n} of 5",
    ];
    const RARE: [&str; 10] = [
        "dial tcp {a}: connect: connection refused",
        "upstream {a} timed out (110: Connection timed out) while connecting to upstream, request {x}",
        "java.sql.SQLTransientConnectionException: pool-{n} - Connection is not available, request timed out after {n}ms.",
        "\tat com.example.{w}.Service.handle(Service.java:{n})",
        "rpc error: code = Unavailable desc = last connection error: connection error to {a}",
        "OOM: cannot allocate {n} bytes in {w}",
        "panic: runtime error: index out of range [{n}] with length {n}",
        "x509: certificate has expired or is not yet valid: current time is after {t}",
        "lookup {w}.default.svc.cluster.local on {a}: no such host",
        "permission denied: open /var/lib/{w}/{x}.db",
    ];
    const WORDS: [&str; 12] = [
        "ledger", "basket", "search", "mailer", "tariff", "stock", "gateway", "ranking", "invoice", "thumbs", "audit",
        "feed",
    ];
    let pick = |from: &[&'static str], number: u64| {
        let at = usize::try_from(number).unwrap_or(0) % from.len().max(1);
        from.get(at).copied().unwrap_or_default()
    };
    let shape = if random.below(20) == 0 { pick(&RARE, random.next()) } else { pick(&COMMON, random.next()) };
    let level = if RARE.contains(&shape) { "ERROR" } else { "INFO" };
    let mut text = format!("{} {level} [{}] ", time(at), pick(&WORDS, random.next()));
    let mut rest = shape;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let (hole, after) = after.split_once('}').unwrap_or(("", after));
        let value = match hole {
            "n" => random.below(5_000).to_string(),
            "x" => random.hex(12),
            "a" => format!("10.{}.{}.{}:8080", random.below(256), random.below(256), random.below(256)),
            "t" => time(at / 7),
            _ => pick(&WORDS, random.next()).to_owned(),
        };
        text.push_str(&value);
        rest = after;
    }
    text.push_str(rest);
    text
}

fn time(at: usize) -> String {
    let seconds = at / 10;
    format!("2026-02-01T{:02}:{:02}:{:02}.{:03}Z", seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60, at % 10 * 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_the_same_on_every_run_and_differ_from_each_other() {
        let lines = log_lines(500);
        assert_eq!(lines, log_lines(500));
        let different: std::collections::BTreeSet<_> = lines.iter().collect();
        assert!(different.len() > 450);
    }
}
