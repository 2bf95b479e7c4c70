//! What the columns of a table are for, by its head.

use crate::text::{Line, plain};
use crate::{Part, dates, table, wording};

/// What a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
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
pub(super) struct Columns(pub(super) Vec<Column>);

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

impl Column {
    /// Whether a cell may stand in this column.
    pub(super) fn fits(self, cell: &str) -> bool {
        let words = cell.split_whitespace().count();
        is_blank(cell)
            || match self {
                Self::Priority => wording::priority(cell, true).is_some() || (words < 2 && !says_other(cell)),
                Self::Kind => wording::kind(cell).is_some() || (words < 3 && !says_other(cell)),
                Self::Owner => !says_other(cell) && !is_date(cell),
                _ => true,
            }
    }
}

/// Whether a cell says how soon, of what kind or how far, and nothing else.
pub(super) fn says_other(cell: &str) -> bool {
    wording::lone_status(cell).is_some() || wording::priority(cell, false).is_some() || wording::kind(cell).is_some()
}

/// Whether a cell says nothing.
pub(super) fn is_blank(cell: &str) -> bool {
    !cell.chars().any(char::is_alphanumeric)
        || matches!(cell.trim().to_lowercase().as_str(), "n/a" | "na" | "none" | "tbd" | "tba")
}

pub(super) fn is_date(cell: &str) -> bool {
    cell.chars().count() <= 20 && dates::find_date(cell).is_some()
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

    pub(super) fn has(&self, column: Column) -> bool {
        self.0.contains(&column)
    }

    pub(super) fn at(&self, column: Column) -> Option<usize> {
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
}
