"""What passes between workflows and the engine: dataclasses of str, int, float and bool. Only ids, never personal data."""

from __future__ import annotations

from dataclasses import dataclass

TASK_QUEUE = "jiannuo"
NEVER = 253402214400.0  # 9999-12-31: nothing is pending, only a nudge wakes
CASE_WORKFLOW = "CaseWorkflow"
PROCEEDING_WORKFLOW = "ProceedingWorkflow"
DELIVERY_WORKFLOW = "DeliveryWorkflow"
REVIEW_WORKFLOW = "ReviewWorkflow"


@dataclass(frozen=True)
class Face:
    """What Temporal's own pages show. `stage` is a step or a phase; `due_on` an ISO date, empty where there is none."""

    case: str = ""
    item: str = ""
    unit: str = ""
    stage: str = ""
    due_on: str = ""


@dataclass(frozen=True)
class Moment:
    """The next moment that matters to a stream.

    `wake_at`: real seconds since 1970, so that a message that lay about for an hour does not sleep an hour too long;
    NEVER when only a nudge can wake. `seq`: of the wake row it was read from; the higher one is the newer word.
    `ended`: nothing is pending any more.
    """

    seq: int
    wake_at: float
    face: Face
    ended: bool = False


@dataclass(frozen=True)
class Proceeding:
    """Names one proceeding and the docket stream (of a person or a unit) it is kept in."""

    id: str
    docket: str
