"""What Temporal's own pages say about a workflow: current details for the reader, search attributes for the search."""

from __future__ import annotations

from temporalio import workflow

from workflows.contracts import Face
from workflows.search_attributes import changes

_LABELS = {"case": "办件 case", "item": "事项 item", "unit": "单位 unit", "stage": "环节 stage", "due_on": "到期 due"}


def text(face: Face) -> str:
    """The details as lines of Markdown."""
    return "\n".join(f"- {label}: `{value}`" for name, label in _LABELS.items() if (value := getattr(face, name)))


def show(old: Face, new: Face) -> None:
    """Show the new face. The details cost nothing; search attributes are written only where they changed."""
    workflow.set_current_details(text(new))
    if updates := changes(old, new):
        workflow.upsert_search_attributes(updates)
