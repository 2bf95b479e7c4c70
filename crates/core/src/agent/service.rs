use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{self, Poll};

use async_trait::async_trait;
use futures_util::future::poll_fn;
use tower_service::Service;

use super::Agent;
use crate::error::BoxError;
use crate::{Context, Error, ErrorKind, Result};

/// An agent as a `tower::Service` whose request is the context and the input. Every tower layer works on it.
///
/// It is always ready; layers that limit say when it is not.
pub struct AgentService<A>(Arc<A>);

impl<A> AgentService<A> {
    pub(super) fn new(agent: A) -> Self {
        Self(Arc::new(agent))
    }
}

impl<A> Clone for AgentService<A> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<A: Agent + 'static> Service<(Context, A::Input)> for AgentService<A> {
    type Response = A::Output;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<A::Output>> + Send>>;

    fn poll_ready(&mut self, _cx: &mut task::Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, (cx, input): (Context, A::Input)) -> Self::Future {
        let agent = Arc::clone(&self.0);
        Box::pin(async move { agent.run(&cx, input).await })
    }
}

/// A `tower::Service` as an agent. The service is cloned for each run and waited for until it is ready.
///
/// Its errors become ours: an [`Error`] stays what it is, anything else is
/// [`Unavailable`](ErrorKind::Unavailable).
pub struct ServiceAgent<S, R> {
    name: String,
    service: S,
    request: PhantomData<fn(R)>,
}

impl<S, R> ServiceAgent<S, R> {
    /// A service as an agent of this name.
    pub fn new(name: impl Into<String>, service: S) -> Self {
        Self { name: name.into(), service, request: PhantomData }
    }
}

#[async_trait]
impl<S, R> Agent for ServiceAgent<S, R>
where
    R: Send + 'static,
    S: Service<R> + Clone + Send + Sync,
    S::Response: Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
{
    type Input = R;
    type Output = S::Response;

    fn name(&self) -> &str {
        &self.name
    }

    async fn run(&self, _cx: &Context, input: R) -> Result<S::Response> {
        let mut service = self.service.clone();
        poll_fn(|task| service.poll_ready(task)).await.map_err(|error| self.ours(error.into()))?;
        service.call(input).await.map_err(|error| self.ours(error.into()))
    }
}

impl<S, R> ServiceAgent<S, R> {
    fn ours(&self, error: BoxError) -> Error {
        match error.downcast::<Error>() {
            Ok(error) => *error,
            Err(error) => Error::new(ErrorKind::Unavailable, format!("{} failed", self.name)).with_source(error),
        }
    }
}
