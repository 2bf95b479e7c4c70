//! Lists: selected, in order, page by page.

use serde_json::{Map, Value, json};

use super::super::cluster::Cluster;
use super::super::ids::in_hex;
use super::super::json::text;
use super::route::Target;
use super::selectors;
use super::{Answer, Call, Status};

pub(super) fn list(cluster: &mut Cluster, target: &Target, call: &Call) -> Result<Answer, Status> {
    let labels = selectors::parse(call.parameter("labelSelector").unwrap_or_default())?;
    let fields = selectors::parse(call.parameter("fieldSelector").unwrap_or_default())?;
    let mut objects = cluster.objects(target.resource);
    objects.retain(|object| {
        target.namespace.as_deref().is_none_or(|namespace| text(object, "/metadata/namespace") == namespace)
            && labels.iter().all(|requirement| requirement.label_holds(object))
            && fields.iter().all(|requirement| requirement.field_holds(object))
    });
    if let Some(token) = call.parameter("continue").filter(|token| !token.is_empty()) {
        let after = read_token(token)?;
        objects.retain(|object| place(object) > after);
    }
    let mut metadata = Map::new();
    metadata.insert("resourceVersion".to_owned(), cluster.revisions.latest().to_string().into());
    let limit = limit(call)?;
    if limit < objects.len() {
        let rest = objects.len() - limit;
        objects.truncate(limit);
        let token = objects.last().map(|object| write_token(&place(object))).unwrap_or_default();
        metadata.insert("continue".to_owned(), token.into());
        metadata.insert("remainingItemCount".to_owned(), rest.into());
    }
    Ok(Answer::Json(200, body(target, &metadata, objects)))
}

/// A list as the API server writes it: its items do not say of which kind they are.
fn body(target: &Target, metadata: &Map<String, Value>, mut items: Vec<Value>) -> Value {
    let description = target.description();
    for item in items.iter_mut().filter_map(Value::as_object_mut) {
        item.remove("apiVersion");
        item.remove("kind");
    }
    json!({
        "kind": format!("{}List", description.kind),
        "apiVersion": description.api_version(),
        "metadata": metadata,
        "items": items,
    })
}

/// How many items a page has; zero and nothing are all of them.
fn limit(call: &Call) -> Result<usize, Status> {
    let text = call.parameter("limit").unwrap_or("0");
    match text.parse::<usize>() {
        Ok(0) => Ok(usize::MAX),
        Ok(limit) => Ok(limit),
        Err(_) => Err(Status::bad_request(format!("strconv.ParseInt: parsing {text:?}: invalid syntax"))),
    }
}

/// Where an object stands in a list.
fn place(object: &Value) -> (String, String) {
    (text(object, "/metadata/namespace").to_owned(), text(object, "/metadata/name").to_owned())
}

/// A token names the last object of its page, in hexadecimal so that nobody is tempted to read it.
fn write_token((namespace, name): &(String, String)) -> String {
    in_hex(format!("{namespace}/{name}").as_bytes())
}

fn read_token(token: &str) -> Result<(String, String), Status> {
    let pairs = token.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).ok());
    let bytes: Option<Vec<u8>> = pairs.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect();
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    text.and_then(|text| text.split_once('/').map(|(namespace, name)| (namespace.to_owned(), name.to_owned())))
        .ok_or_else(|| Status::bad_request("continue key is not valid: the token cannot be read"))
}
