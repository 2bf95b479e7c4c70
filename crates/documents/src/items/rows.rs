use lamplighter_core::markdown::shorten;

use super::{Found, Place};
use crate::text::{Line, plain};
use crate::{ActionItem, ActionKind, ItemStatus, Part, Priority, dates, kinds, table, wording};

/// What a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Priority,
    Action,
    /// May be the action where no other column is.
    Description,
    Kind,
    Details,
    Status,
    Owner,
    Due,
    Ticket,
    Number,
    Time,
    Other,
}

/// The columns of a table.
#[derive(Debug, Clone)]
pub(super) struct Columns(Vec<Column>);

const NAMES: &[(Column, &[&str])] = &[
    (
        Column::Priority,
        &[
            "priority",
            "prio",
            "p",
            "urgency",
            "severity",
            "priorität",
            "prioridad",
            "importance",
            "priorité",
            "prioridade",
            "prio.",
            "prioritaet",
            "rank",
        ],
    ),
    (
        Column::Action,
        &[
            "action",
            "actions",
            "action item",
            "action items",
            "task",
            "tasks",
            "todo",
            "todos",
            "to do",
            "to-do",
            "item",
            "work item",
            "measure",
            "improvement",
            "recommendation",
            "maßnahme",
            "aufgabe",
            "acción",
            "follow-up",
            "followup",
            "follow up",
            "what",
            "activity",
            "remediation",
            "corrective action",
            "preventive action",
            "acciones",
            "acción correctiva",
            "ação",
            "ações",
            "tâche",
            "tarea",
            "tareas",
            "tarefa",
            "aufgaben",
            "maßnahmen",
            "massnahme",
            "mesure",
            "medida",
            "remediation item",
            "action description",
            "follow-up action",
            "followup action",
            "follow-up item",
            "deliverable",
            "ai",
            "next step",
            "mitigation",
        ],
    ),
    (
        Column::Description,
        &["description", "summary", "title", "fix", "change", "step", "beschreibung", "descripción", "name"],
    ),
    (Column::Kind, &["type", "kind", "category", "typ", "art", "tipo", "action type"]),
    (
        Column::Details,
        &[
            "details",
            "detail",
            "notes",
            "note",
            "comment",
            "comments",
            "how",
            "rationale",
            "why",
            "location",
            "file",
            "where",
            "remarks",
            "détails",
            "detalles",
            "bemerkung",
            "anmerkung",
            "notas",
            "description of change",
            "context",
            "additional info",
        ],
    ),
    (
        Column::Status,
        &[
            "status",
            "state",
            "done",
            "done?",
            "progress",
            "completed",
            "complete",
            "resolved",
            "stand",
            "estado",
            "finished",
            "✓",
            "✅",
            "completed?",
            "statut",
            "état",
            "current status",
            "implemented",
            "implemented?",
            "zustand",
            "situação",
            "complete?",
            "fixed?",
        ],
    ),
    (
        Column::Owner,
        &[
            "owner",
            "owners",
            "assignee",
            "assigned",
            "assigned to",
            "who",
            "responsible",
            "dri",
            "person",
            "team",
            "verantwortlich",
            "lead",
            "responsable",
            "responsável",
            "zuständig",
            "wer",
            "propriétaire",
            "owner(s)",
            "assignee(s)",
            "poc",
            "owned by",
            "assigned team",
            "who?",
            "directly responsible individual",
        ],
    ),
    (
        Column::Due,
        &[
            "due",
            "due date",
            "deadline",
            "eta",
            "date",
            "target",
            "target date",
            "when",
            "by",
            "by when",
            "completion date",
            "échéance",
            "fällig",
            "frist",
            "bis",
            "fecha",
            "fecha límite",
            "prazo",
            "due by",
            "timeline",
            "timeframe",
            "eta date",
            "completed on",
        ],
    ),
    (
        Column::Ticket,
        &[
            "ticket",
            "tickets",
            "issue",
            "issues",
            "jira",
            "bug",
            "link",
            "pr",
            "tracking",
            "id",
            "reference",
            "ref",
            "commit",
            "tracker",
            "tracking issue",
            "ticket #",
            "jira ticket",
            "jira link",
            "github issue",
            "tracking bug",
            "issue link",
            "links",
            "bug id",
            "url",
        ],
    ),
    (Column::Number, &["#", "no", "no.", "nr", "nr.", "number"]),
    (Column::Time, &["time", "timestamp", "time (utc)", "utc", "time utc", "at", "uhrzeit", "hora"]),
];

/// The columns of a table whose head is this line, and the number of lines of that head. Without the line of dashes below
/// it a head is one that has an action and one more column that is known.
pub(super) fn head(line: &str, next: &str) -> Option<(Columns, usize)> {
    if table::is_delimiter(line) {
        // Rows without a head are read by what is in them.
        return line.trim_start().starts_with('|').then(|| (Columns(Vec::new()), 1));
    }
    if !table::is_row(line) {
        return None;
    }
    let columns = Columns::of_head(line);
    if table::is_delimiter(next) {
        return Some((columns, 2));
    }
    let known = columns.0.iter().filter(|column| **column != Column::Other).count();
    (line.trim_start().starts_with('|') && known >= 2 && columns.has(Column::Action)).then_some((columns, 1))
}

/// How many of these lines are the body of a table: those before anything else, or before the head of the next one.
pub(super) fn body(lines: &[Line<'_>]) -> usize {
    let is_next_head =
        |at: usize| lines.get(at + 1).is_some_and(|next| table::is_delimiter(next.text) && next.text.contains("--"));
    (0..lines.len()).take_while(|at| lines.get(*at).is_some_and(|line| is_row(line.text)) && !is_next_head(*at)).count()
}

fn is_row(line: &str) -> bool {
    table::is_row(line) && !line.trim_start().starts_with('#')
}

impl Columns {
    fn of_head(line: &str) -> Self {
        let names =
            table::cells(line, None).into_iter().map(|cell| plain(line.get(cell).unwrap_or_default()).to_lowercase());
        let columns = names.map(|name| {
            let name = name.trim().trim_end_matches([':', '*']);
            NAMES.iter().find(|(_, names)| names.contains(&name)).map_or(Column::Other, |(column, _)| *column)
        });
        let mut columns: Vec<Column> = columns.collect();
        if !columns.contains(&Column::Action)
            && let Some(column) = columns.iter_mut().find(|column| **column == Column::Description)
        {
            *column = Column::Action;
        }
        for column in &mut columns {
            if *column == Column::Description {
                *column = Column::Details;
            }
        }
        Self(columns)
    }

    fn has(&self, column: Column) -> bool {
        self.0.contains(&column)
    }

    fn at(&self, column: Column) -> Option<usize> {
        self.0.iter().position(|here| *here == column)
    }

    /// Whether the rows say what should be done.
    pub(super) fn are_of_actions(&self, part: Option<Part>) -> bool {
        let is_prevention = part == Some(Part::Prevention);
        match part {
            Some(Part::FollowUp | Part::Timeline | Part::Recurrence | Part::RawData | Part::Impact) => false,
            _ if self.0.is_empty() => is_prevention,
            _ if self.has(Column::Time) && !is_prevention => false,
            _ if is_prevention => true,
            // What was done then is not what should be done.
            Some(Part::Resolution | Part::Detection)
                if ![Column::Priority, Column::Status, Column::Kind].into_iter().any(|column| self.has(column)) =>
            {
                false
            }
            _ => {
                let beside = [Column::Priority, Column::Status, Column::Owner, Column::Due, Column::Kind];
                self.has(Column::Action) && beside.into_iter().any(|column| self.has(column))
            }
        }
    }

    /// The item of a row; nothing where the row says nothing that could be done.
    pub(super) fn read(&self, line: Line<'_>, priority_above: Option<Priority>) -> Option<Found> {
        let columns = (!self.0.is_empty()).then_some(self.0.len());
        let places = table::cells(line.text, columns);
        let raw: Vec<&str> = places.iter().map(|place| line.text.get(place.clone()).unwrap_or_default()).collect();
        // A table takes its own backslashes off first, also within code.
        let cells: Vec<String> = raw.iter().map(|cell| plain(&cell.replace("\\|", "|"))).collect();
        let by_head = self.by_head(&cells);
        let read = by_head.unwrap_or_else(|| Self::by_content(&cells));
        let action_at = read.action?;
        let action = cells.get(action_at)?.clone();
        if !action.chars().any(char::is_alphanumeric) {
            return None;
        }
        let details = read.details.iter().filter_map(|at| cells.get(*at)).filter(|cell| !cell.is_empty());
        let details = details.cloned().collect::<Vec<_>>().join("; ");
        let is_struck =
            raw.get(action_at).is_some_and(|cell| cell.starts_with("~~") && cell.ends_with("~~") && cell.len() > 4);
        let status = match read.status {
            Some((_, status)) => status,
            None if is_struck => ItemStatus::Done,
            None => ItemStatus::Unknown,
        };
        let (kind, is_kind_inferred) = kind_of(read.kind, &action, &details);
        let owner = self.at(Column::Owner).filter(|_| read.is_by_head).and_then(|at| cells.get(at));
        let status_at = match read.status {
            Some((at, _)) => Some(at),
            None => self.at(Column::Status).filter(|_| read.is_by_head),
        };
        let status_place =
            status_at.and_then(|at| places.get(at)).map(|place| line.at + place.start..line.at + place.end);
        Some(Found {
            item: ActionItem {
                line: line.number,
                priority: read.priority.or(priority_above),
                action,
                kind,
                is_kind_inferred,
                details,
                status,
                owner: owner.filter(|owner| owner.chars().any(char::is_alphanumeric)).map(|owner| shorten(owner, 100)),
            },
            place: Place::Row { status: status_place },
        })
    }

    /// A row whose cells match the head; `None` where they do not.
    fn by_head(&self, cells: &[String]) -> Option<Reading> {
        let action = self.at(Column::Action)?;
        let text = cells.get(action)?;
        let is_other = wording::lone_status(text).is_some()
            || wording::priority(text, false).is_some()
            || wording::kind(text).is_some();
        if cells.len() != self.0.len() || (is_other && text.split_whitespace().count() < 3) {
            return None;
        }
        let cell = |column| self.at(column).and_then(|at| cells.get(at)).map(String::as_str).unwrap_or_default();
        let elsewhere = |own: Column| {
            let mut others = cells.iter().zip(&self.0).enumerate();
            move |says: &dyn Fn(&str) -> bool| {
                others
                    .find(|(_, (cell, column))| ![Column::Action, own].contains(*column) && says(cell))
                    .map(|(at, _)| at)
            }
        };
        let own_status = wording::status_in_its_column(cell(Column::Status));
        let status = match (self.at(Column::Status), own_status) {
            (Some(at), Some(status)) => Some((at, status)),
            _ => elsewhere(Column::Status)(&|cell| wording::lone_status(cell).is_some())
                .and_then(|at| Some((at, wording::lone_status(cells.get(at)?)?))),
        };
        let priority = wording::priority(cell(Column::Priority), true).or_else(|| {
            let at = elsewhere(Column::Priority)(&|cell| wording::priority(cell, false).is_some() && cell.len() <= 8)?;
            wording::priority(cells.get(at)?, false)
        });
        let kind = wording::kind(cell(Column::Kind)).or_else(|| {
            let at = elsewhere(Column::Kind)(&|cell| wording::kind(cell).is_some())?;
            wording::kind(cells.get(at)?)
        });
        let mut details: Vec<usize> =
            self.0.iter().enumerate().filter(|(_, it)| **it == Column::Details).map(|(at, _)| at).collect();
        if details.is_empty() {
            let says_more = |at: usize| {
                let cell = cells.get(at).map_or("", String::as_str);
                wording::lone_status(cell).is_none()
                    && wording::priority(cell, false).is_none()
                    && wording::kind(cell).is_none()
            };
            let others =
                self.0.iter().enumerate().filter(|(_, it)| matches!(it, Column::Other | Column::Ticket | Column::Due));
            details = others.map(|(at, _)| at).filter(|at| says_more(*at)).collect();
        }
        Some(Reading { action: Some(action), priority, kind, status, details, is_by_head: true })
    }

    /// A row whose cells say themselves what they are.
    fn by_content(cells: &[String]) -> Reading {
        let mut reading = Reading::default();
        let mut rest = Vec::new();
        for (at, cell) in cells.iter().enumerate() {
            let is_number = cell.trim_end_matches('.').bytes().all(|byte| byte.is_ascii_digit());
            if let (None, Some(priority)) = (reading.priority, wording::priority(cell, false)) {
                reading.priority = Some(priority);
            } else if let (None, Some(kind)) = (reading.kind, wording::kind(cell)) {
                reading.kind = Some(kind);
            } else if let (None, Some(status)) = (reading.status, wording::lone_status(cell)) {
                reading.status = Some((at, status));
            } else if !is_number && !cell.starts_with('@') && !is_date(cell) {
                rest.push(at);
            }
        }
        let is_sentence = |at: &&usize| cells.get(**at).is_some_and(|cell| cell.split_whitespace().count() >= 2);
        reading.action = rest.iter().find(is_sentence).or_else(|| rest.first()).copied();
        reading.details = rest.into_iter().filter(|at| Some(*at) != reading.action).collect();
        reading
    }
}

fn is_date(cell: &str) -> bool {
    cell.chars().count() <= 20 && dates::find_date(cell).is_some()
}

/// Which cells of a row say what.
#[derive(Debug, Default)]
struct Reading {
    action: Option<usize>,
    priority: Option<Priority>,
    kind: Option<ActionKind>,
    status: Option<(usize, ItemStatus)>,
    details: Vec<usize>,
    is_by_head: bool,
}

/// The kind that is said, or else the one that the words speak of, and whether it is the latter.
pub(super) fn kind_of(said: Option<ActionKind>, action: &str, details: &str) -> (Option<ActionKind>, bool) {
    let inferred = || kinds::kind_of_action(action).or_else(|| kinds::kind_of_action(details));
    let kind = said.or_else(inferred);
    (kind, said.is_none() && kind.is_some())
}
