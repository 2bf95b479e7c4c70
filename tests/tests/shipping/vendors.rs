//! What the vendors say about their own files. Everything here is fetched by `./run setup`; where it is absent, the tests
//! skip and say so.

use std::path::Path;
use std::process::{Command, Output};

use lamplighter_testkit::servers::{installed, program};

use crate::files::{broken, deploy};

/// What refuses a file, with the reason.
pub(crate) type Judgement = Result<(), String>;

/// Holds a shipped file to a judge, who has to refuse each broken copy of it.
#[track_caller]
pub(crate) fn holds(judge: impl Fn(&Path) -> Option<Judgement>, path: &str, breaks: &[(&str, &str)]) {
    let Some(judgement) = judge(&deploy().join(path)) else { return };
    assert_eq!(judgement, Ok(()), "{path}");
    assert!(!breaks.is_empty(), "a judge who refuses nothing is none");
    for (from, to) in breaks {
        let (_folder, copy) = broken(path, from, to);
        assert!(judge(&copy).unwrap().is_err(), "{path} is accepted with {to:?} for {from:?}");
    }
}

/// The schema of a vendor, as `check-jsonschema` brings it.
pub(crate) fn schema(name: &str) -> impl Fn(&Path) -> Option<Judgement> {
    move |file| {
        let (python, packages) = (program(&["python3"])?, installed("python/check-jsonschema")?);
        let arguments = ["-m", "check_jsonschema", "--builtin-schema", name];
        let mut command = Command::new(python);
        Some(judgement(command.env("PYTHONPATH", packages).args(arguments).arg(file).output().unwrap()))
    }
}

/// GitHub's own parser of workflows. It imports JSON in a way that bundlers know and node does not, so that is taught first.
pub(crate) fn workflow_parser(file: &Path) -> Option<Judgement> {
    const SCRIPT: &str = "
        const hooks = `
            import { readFile } from 'node:fs/promises';
            export const load = async (url, context, next) => url.endsWith('.json')
                ? { format: 'module', source: 'export default ' + await readFile(new URL(url)), shortCircuit: true }
                : next(url, context);`;
        (await import('node:module')).register('data:text/javascript,' + encodeURIComponent(hooks));
        const [parser, file] = process.argv.slice(1);
        const { parseWorkflow, convertWorkflowTemplate, NoOperationTraceWriter } = await import(parser);
        const content = (await import('node:fs')).readFileSync(file, 'utf8');
        const parsed = parseWorkflow({ name: file, content }, new NoOperationTraceWriter());
        if (parsed.value) await convertWorkflowTemplate(parsed.context, parsed.value);
        const errors = parsed.context.errors.getErrors().map((error) => error.message);
        if (errors.length > 0 || !parsed.value) { console.error(errors.join('\\n')); process.exit(1); }";
    let (node, package) =
        (program(&["node"])?, installed("npm/workflow-parser/node_modules/@actions/workflow-parser")?);
    let mut command = Command::new(node);
    let arguments = ["--input-type=module", "-e", SCRIPT];
    Some(judgement(command.args(arguments).arg(package.join("dist/index.js")).arg(file).output().unwrap()))
}

/// The Prometheus operator's description of its objects.
pub(crate) fn service_monitor(file: &Path) -> Option<Judgement> {
    const SCRIPT: &str = "
        const [models, yaml, file] = process.argv.slice(1);
        const { ServiceMonitor } = require(models + '/monitoring.coreos.com/v1');
        const object = require(yaml).parse(require('fs').readFileSync(file, 'utf8'));
        const monitor = new ServiceMonitor(object);
        for (const key of ['apiVersion', 'kind']) {
            if (monitor[key] !== object[key]) throw new Error(key);
        }
        monitor.validate();";
    let node = program(&["node"])?;
    let models = installed("npm/prometheus-operator/node_modules/@kubernetes-models/prometheus-operator")?;
    let yaml = installed("npm/workflow-parser/node_modules/yaml")?;
    let mut command = Command::new(node);
    Some(judgement(command.args(["-e", SCRIPT]).arg(models).arg(yaml).arg(file).output().unwrap()))
}

/// The checker of shell scripts.
pub(crate) fn shellcheck(file: &Path) -> Option<Judgement> {
    let shellcheck = program(&["shellcheck"])?;
    Some(judgement(Command::new(shellcheck).args(["--shell=sh", "--norc"]).arg(file).output().unwrap()))
}

fn judgement(Output { status, stdout, stderr }: Output) -> Judgement {
    let said = format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    if status.success() { Ok(()) } else { Err(said) }
}
