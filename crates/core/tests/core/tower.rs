//! tower in both directions: its layers around an agent, its services inside of a pipeline.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use lamplighter_core::agent::ServiceAgent;
use lamplighter_core::{Agent, AgentExt, Context, Error, ErrorKind, Flow, Pipeline, Result, async_trait};
use lamplighter_testkit::context;
use tower::{Service, ServiceBuilder, ServiceExt, service_fn};

use super::agents::{Hanging, doing};

#[tokio::test(start_paused = true)]
async fn a_tower_timeout_ends_an_agent_that_hangs() {
    let mut service = ServiceBuilder::new().timeout(Duration::from_secs(5)).service(Hanging.into_service());
    let error = service.ready().await.unwrap().call((context("t"), 1)).await.unwrap_err();
    assert!(error.is::<tower::timeout::error::Elapsed>(), "{error}");

    let quick = doing("quick", |n| Ok(n + 1)).into_service();
    let service = ServiceBuilder::new().timeout(Duration::from_secs(5)).service(quick);
    assert_eq!(service.oneshot((context("t"), 1)).await.unwrap(), 2);
}

#[tokio::test]
async fn a_tower_concurrency_limit_holds_for_all_clones() {
    struct Crowd(Arc<[AtomicU32; 2]>);

    #[async_trait]
    impl Agent for Crowd {
        type Input = ();
        type Output = ();

        fn name(&self) -> &'static str {
            "crowd"
        }

        async fn run(&self, _cx: &Context, (): ()) -> Result<()> {
            let [now, most] = &*self.0;
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            now.fetch_sub(1, Ordering::SeqCst);
            Ok(())
        }
    }

    let counts: Arc<[AtomicU32; 2]> = Arc::default();
    let service = ServiceBuilder::new().concurrency_limit(2).service(Crowd(Arc::clone(&counts)).into_service());
    let calls: Vec<_> = (0..8).map(|_| tokio::spawn(service.clone().oneshot((context("t"), ())))).collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(counts[1].load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_service_is_a_stage_of_a_pipeline() {
    // The shape of an axum router: its own request and response, and no way to fail.
    let greet = service_fn(|name: String| async move { Ok::<_, Infallible>(format!("hello {name}")) });
    let limited = ServiceBuilder::new().concurrency_limit(1).service(greet);
    let pipeline = Pipeline::new("web").stage(ServiceAgent::new("greet", limited).map(Flow::<String, String>::Done));
    assert_eq!(pipeline.run(&context("t"), "ada".to_owned()).await.unwrap(), "hello ada");
}

#[tokio::test]
async fn errors_of_a_service_become_ours() {
    let ours = service_fn(|(): ()| async { Err::<(), _>(Error::new(ErrorKind::Permission, "no")) });
    let error = ServiceAgent::new("s", ours).run(&context("t"), ()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Permission);
    let theirs = service_fn(|(): ()| async { Err::<(), _>(std::io::Error::other("at 10.0.0.1")) });
    let error = ServiceAgent::new("s", theirs).run(&context("t"), ()).await.unwrap_err();
    assert_eq!((error.kind(), error.public_message()), (ErrorKind::Unavailable, "a system could not be reached"));
}

#[tokio::test]
async fn an_agent_goes_through_tower_and_back() {
    let agent = doing("add", |n| Ok(n + 1));
    let there = ServiceBuilder::new().concurrency_limit(1).service(agent.into_service());
    let back = ServiceAgent::new("back", there);
    assert_eq!(back.run(&context("t"), (context("t"), 1)).await.unwrap(), 2);
}
