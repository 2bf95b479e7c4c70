use std::collections::BTreeMap;

use serde_json::json;

use super::observatory::{NAMESPACE, Recording, WORKERS, observatory};
use super::variations::Variations;

#[derive(Debug, Clone, Copy)]
enum Fault {
    None,
    /// At an app: this many times the CPU, this much longer to answer.
    Cpu(&'static str, f64),
    /// At the pods of an app: packets wait for this long.
    PodDelay(&'static str, f64),
    /// At a node.
    NodeDelay(&'static str, f64),
    /// At a node: segments sent again per second, and how much longer a call takes by it.
    NodeLoss(&'static str, f64, f64),
}

/// A window: how many samples, how many seconds between them, and how many percent of it are before the fault.
#[derive(Debug, Clone, Copy)]
struct Window {
    samples: u32,
    step: i64,
    before: u32,
}

/// Ups and downs that are the same in each run, between -1 and 1.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from(u32::try_from(self.0 >> 40).unwrap()) / f64::from(1_u32 << 23) - 1.0
    }
}

/// What an app does by itself: CPU in cores, seconds to answer without those whom it calls, requests per second.
fn usual(app: &str) -> (f64, f64, f64) {
    match app {
        "portal" => (0.12, 0.006, 40.0),
        "observations" => (0.09, 0.004, 25.0),
        "ephemeris" => (0.05, 0.002, 30.0),
        "plates" => (0.07, 0.008, 18.0),
        "calibrator" => (0.04, 0.003, 9.0),
        "seeing" => (0.01, 0.001, 12.0),
        "bookings" => (0.02, 0.005, 4.0),
        _ => (0.08, 0.0015, 31.0),
    }
}

/// Seconds that an app takes to answer, with what it waits for.
fn latency(app: &str, fault: Fault) -> f64 {
    let own = usual(app).1
        + match fault {
            Fault::Cpu(at, slower) | Fault::PodDelay(at, slower) if at == app => slower,
            _ => 0.0,
        };
    let call = |callee: &'static str| {
        let crosses = |node: &str| (Recording::worker_of(app) == node) != (Recording::worker_of(callee) == node);
        let way = match fault {
            Fault::PodDelay(at, delay) if at == app => delay,
            Fault::NodeDelay(node, delay) | Fault::NodeLoss(node, _, delay) if crosses(node) => delay,
            _ => 0.0,
        };
        way + latency(callee, fault)
    };
    own + Recording::calls(app).map(call).sum::<f64>()
}

fn measured(fault: Fault, window: Window, seed: u64) -> Recording {
    let mut recording = observatory();
    recording.units();
    let mut noise = Noise(seed);
    let begins = window.samples * window.before / 100;
    let slowest = latency("portal", fault) / latency("portal", Fault::None);
    // Who waits for answers asks less.
    let demand = if slowest > 10.0 {
        0.55
    } else if slowest > 3.0 {
        0.85
    } else {
        1.0
    };
    for app in Recording::apps() {
        let (cpu, _, rate) = usual(app);
        let mut series: BTreeMap<(&str, &str), Vec<f64>> = BTreeMap::new();
        for at in 0..window.samples {
            let on = at >= begins;
            let now = if on { fault } else { Fault::None };
            let share = if on { demand } else { 1.0 };
            let mut put = |name, quantile, value: f64| series.entry((name, quantile)).or_default().push(value);
            let (cpu, throttled) = match now {
                Fault::Cpu(at, _) if at == app => (0.385, 0.7),
                _ => (cpu * share, 0.004),
            };
            put("service:cpu_usage_cores", "", cpu * (1.0 + 0.08 * noise.next()));
            put("service:cpu_throttled_seconds", "", throttled * (1.0 + 0.5 * noise.next()));
            put("service:requests_per_second", "", rate * share * (1.0 + 0.07 * noise.next()));
            put("service:success_ratio", "", 1.0);
            put("service:network_receive_packets", "", 3.0 * rate * share * (1.0 + 0.07 * noise.next()));
            put("service:network_transmit_packets", "", 2.0 * rate * share * (1.0 + 0.07 * noise.next()));
            put("service:memory_working_set_bytes", "", 9e7 * (1.0 + 0.02 * noise.next()));
            let middle = latency(app, now);
            put("service:latency_seconds", "0.5", middle * (1.0 + 0.1 * noise.next()));
            put("service:latency_seconds", "0.95", 1.8 * middle * (1.0 + 0.15 * noise.next()));
        }
        for ((name, quantile), values) in series {
            let mut labels = vec![("service", app), ("namespace", NAMESPACE)];
            if !quantile.is_empty() {
                labels.push(("quantile", quantile));
            }
            recording.series(name, &labels, window.step, &values);
        }
    }
    for node in WORKERS {
        let (mut cpu, mut again) = (Vec::new(), Vec::new());
        for at in 0..window.samples {
            let rate = match fault {
                Fault::NodeLoss(lossy, rate, _) if at >= begins && lossy == node => rate,
                // Its peers send again what is not acknowledged in time.
                Fault::NodeDelay(slow, delay) if at >= begins && delay > 0.2 && slow != node => 0.8,
                _ => 0.05,
            };
            cpu.push(0.2 + 0.02 * noise.next());
            again.push((rate * (1.0 + 0.4 * noise.next())).max(0.0));
        }
        recording.series("node:cpu_utilization_ratio", &[("instance", node)], window.step, &cpu);
        recording.series("node:tcp_retransmits_per_second", &[("instance", node)], window.step, &again);
    }
    recording
}

const WINDOWS: [Window; 7] = [
    Window { samples: 48, step: 5, before: 50 },
    Window { samples: 36, step: 5, before: 25 },
    Window { samples: 60, step: 15, before: 70 },
    Window { samples: 30, step: 60, before: 80 },
    Window { samples: 20, step: 30, before: 30 },
    Window { samples: 12, step: 15, before: 50 },
    Window { samples: 120, step: 15, before: 90 },
];

async fn expect(all: &mut Variations, fault: Fault, culprit: &str, family: &str, code: &str) {
    for (seed, window) in (7_u64..).zip(WINDOWS) {
        let recording = measured(fault, window, seed);
        all.expect(&format!("{fault:?} {window:?}"), &recording, family, culprit, code).await;
    }
}

#[tokio::test]
async fn too_little_cpu() {
    let mut all = Variations::default();
    for app in ["portal", "plates", "seeing", "calibrator", "ephemeris", "starstore", "bookings"] {
        for slower in [0.05, 0.4] {
            let object = format!("app/{app}");
            expect(&mut all, Fault::Cpu(app, slower), &object, "Performance_Fault", "pod_cpu_overload").await;
        }
        // It was so before the window began.
        let window = Window { samples: 36, step: 10, before: 0 };
        let recording = measured(Fault::Cpu(app, 0.2), window, 3);
        all.expect(
            &format!("{app} from the start"),
            &recording,
            "Performance_Fault",
            &format!("app/{app}"),
            "pod_cpu_overload",
        )
        .await;
    }
    all.judge();
}

#[tokio::test]
async fn a_slow_network_at_pods() {
    let mut all = Variations::default();
    for app in ["portal", "observations", "plates", "seeing", "calibrator", "ephemeris", "starstore", "bookings"] {
        for delay in [0.1, 0.8, 4.0] {
            let object = format!("app/{app}");
            expect(&mut all, Fault::PodDelay(app, delay), &object, "Performance_Fault", "pod_network_delay").await;
        }
    }
    all.judge();
}

#[tokio::test]
async fn a_slow_network_at_nodes() {
    let mut all = Variations::default();
    for node in WORKERS {
        let object = format!("node/{node}");
        for delay in [0.08, 0.6] {
            // Too little to be sent again, and one app is all that is concerned there, or all others wait for it.
            if delay < 0.2 && ["ridge-1", "ridge-2"].contains(&node) {
                continue;
            }
            expect(&mut all, Fault::NodeDelay(node, delay), &object, "Infrastructure_Fault", "node_network_delay")
                .await;
        }
        for (rate, delay) in [(2.5, 0.05), (9.0, 0.3), (40.0, 1.0)] {
            expect(
                &mut all,
                Fault::NodeLoss(node, rate, delay),
                &object,
                "Infrastructure_Fault",
                "node_network_packet_loss",
            )
            .await;
        }
    }
    all.judge();
}

/// Alerts about those who take more than twice as long as they usually do.
fn slow(recording: &mut Recording, fault: Fault) {
    for app in Recording::apps() {
        let (before, after) = (latency(app, Fault::None), latency(app, fault));
        if after > 2.0 * before {
            recording.alert(
                &json!({"alertname": "HighRequestLatency", "service": app, "namespace": NAMESPACE, "severity": "warning"}),
                &format!("p95 response time of {app} is {:.0} ms, usually {:.0} ms", after * 1000.0, before * 1000.0),
            );
        }
    }
}

/// What was wrong before the recording began has no baseline, and a few samples are no history: what stands out is then
/// seen beside the others and by the alerts.
#[tokio::test]
async fn what_began_before_the_window() {
    let mut all = Variations::default();
    for window in [Window { samples: 36, step: 10, before: 0 }, Window { samples: 6, step: 30, before: 50 }] {
        for app in ["observations", "plates", "ephemeris", "starstore"] {
            let object = format!("app/{app}");
            let fault = Fault::PodDelay(app, 0.5);
            let mut recording = measured(fault, window, 5);
            slow(&mut recording, fault);
            let what = format!("delay {app} {window:?}");
            all.expect(&what, &recording, "Performance_Fault", &object, "pod_network_delay").await;
            let fault = Fault::Cpu(app, 0.5);
            let mut recording = measured(fault, window, 5);
            slow(&mut recording, fault);
            let what = format!("cpu {app} {window:?}");
            all.expect(&what, &recording, "Performance_Fault", &object, "pod_cpu_overload").await;
        }
        for node in WORKERS {
            let object = format!("node/{node}");
            let fault = Fault::NodeLoss(node, 12.0, 0.4);
            let mut recording = measured(fault, window, 5);
            slow(&mut recording, fault);
            let what = format!("loss {node} {window:?}");
            all.expect(&what, &recording, "Infrastructure_Fault", &object, "node_network_packet_loss").await;
        }
    }
    all.judge();
}

/// Alerts alone, worded by somebody else.
#[tokio::test]
async fn alerts_without_series() {
    let mut all = Variations::default();
    for node in WORKERS {
        let object = format!("node/{node}");
        let mut recording = observatory();
        slow(&mut recording, Fault::NodeDelay(node, 0.5));
        for peer in WORKERS.into_iter().filter(|peer| *peer != node) {
            recording.alert(
                &json!({"alertname": "TcpRetransmits", "instance": peer, "severity": "warning"}),
                "retransmitted segments: current 0.8/s",
            );
        }
        all.expect(&format!("delay {node}"), &recording, "Infrastructure_Fault", &object, "node_network_delay").await;
        let mut recording = observatory();
        slow(&mut recording, Fault::NodeLoss(node, 9.0, 0.5));
        recording.alert(
            &json!({"alertname": "TcpRetransmits", "instance": format!("{node}:9100"), "severity": "warning"}),
            "retransmitted segments: current 8.9/s",
        );
        all.expect(&format!("loss {node}"), &recording, "Infrastructure_Fault", &object, "node_network_packet_loss")
            .await;
    }
    for app in ["observations", "plates", "ephemeris", "starstore", "seeing"] {
        let object = format!("app/{app}");
        let mut recording = observatory();
        slow(&mut recording, Fault::PodDelay(app, 0.5));
        all.expect(&format!("delay {app}"), &recording, "Performance_Fault", &object, "pod_network_delay").await;
        let mut recording = observatory();
        slow(&mut recording, Fault::Cpu(app, 0.5));
        recording.alert(
            &json!({"alertname": "CPUThrottlingHigh", "service": app, "namespace": NAMESPACE, "severity": "warning"}),
            "61% throttling of CPU",
        );
        all.expect(&format!("cpu {app}"), &recording, "Performance_Fault", &object, "pod_cpu_overload").await;
    }
    all.judge();
}

#[tokio::test]
async fn load_that_comes_and_goes() {
    let mut all = Variations::default();
    for (seed, window) in (11_u64..).zip(WINDOWS) {
        all.expect_healthy(&format!("noise {window:?}"), &measured(Fault::None, window, seed)).await;
        // Traffic that doubles, triples or goes home, and CPU with it.
        for factor in [0.3, 2.0, 3.5] {
            let mut recording = observatory();
            let mut noise = Noise(seed);
            for app in Recording::apps() {
                let (cpu, _, rate) = usual(app);
                let (mut cpus, mut rates, mut latencies) = (Vec::new(), Vec::new(), Vec::new());
                for at in 0..window.samples {
                    let load = 1.0 + (factor - 1.0) * f64::from(at) / f64::from(window.samples);
                    // A quiet service that nobody asks now.
                    let load = if app == "seeing" { 0.0 } else { load };
                    cpus.push((0.002 + cpu * load) * (1.0 + 0.08 * noise.next()));
                    rates.push(rate * load * (1.0 + 0.07 * noise.next()));
                    latencies.push(if load > 0.0 {
                        latency(app, Fault::None) * (1.0 + 0.15 * load.max(0.5)) * (1.0 + 0.15 * noise.next())
                    } else {
                        0.0
                    });
                }
                let labels = [("service", app), ("namespace", NAMESPACE)];
                recording.series("service:cpu_usage_cores", &labels, window.step, &cpus);
                recording.series("service:requests_per_second", &labels, window.step, &rates);
                recording.series(
                    "service:latency_seconds",
                    &[("service", app), ("namespace", NAMESPACE), ("quantile", "0.95")],
                    window.step,
                    &latencies,
                );
            }
            all.expect_healthy(&format!("traffic times {factor} {window:?}"), &recording).await;
        }
    }
    all.judge();
}
