"""The database as SQLModel tables, one module per matter. Only `engine/storage` and its readers know them."""

from engine.storage.tables.access import ApiKey, AppUser, LoginSession, SigningKey, VaultItem, VaultKey
from engine.storage.tables.cases import Alert, AlertAddressee, CaseFile, Certificate, Hold, Notice
from engine.storage.tables.catalogue import Filing
from engine.storage.tables.certificates import CertificateDocument
from engine.storage.tables.channels import ChannelState
from engine.storage.tables.config import ClockState, ConfigEntry, ConfigHead
from engine.storage.tables.documents import SupervisionDocument
from engine.storage.tables.evaluation import EvaluationBucket, EvaluationFigure, EvaluationTouched
from engine.storage.tables.intake import InboxMessage, IntakeHealth, Parked, Quarantine, SourceWatermark
from engine.storage.tables.ledger import LedgerEntry, StreamHead, Wake
from engine.storage.tables.messages import Delivery, Message
from engine.storage.tables.outbox import Outbox
from engine.storage.tables.reconcile import ReconcileFinding, ReconcileRun
from engine.storage.tables.seals import SealLeaf, SealRow
from engine.storage.tables.simulation import Simulation, SimulationCase, SimulationMeasure
from engine.storage.tables.supervision import Breach, BreachPerson, Finding, Proceeding
from engine.storage.tables.voices import VoiceRow

__all__ = [
    "Alert",
    "AlertAddressee",
    "ApiKey",
    "AppUser",
    "Breach",
    "BreachPerson",
    "CaseFile",
    "Certificate",
    "CertificateDocument",
    "ChannelState",
    "ClockState",
    "ConfigEntry",
    "ConfigHead",
    "Delivery",
    "EvaluationBucket",
    "EvaluationFigure",
    "EvaluationTouched",
    "Filing",
    "Finding",
    "Hold",
    "InboxMessage",
    "IntakeHealth",
    "LedgerEntry",
    "LoginSession",
    "Message",
    "Notice",
    "Outbox",
    "Parked",
    "Proceeding",
    "Quarantine",
    "ReconcileFinding",
    "ReconcileRun",
    "SealLeaf",
    "SealRow",
    "SigningKey",
    "Simulation",
    "SimulationCase",
    "SimulationMeasure",
    "SourceWatermark",
    "StreamHead",
    "SupervisionDocument",
    "VaultItem",
    "VaultKey",
    "VoiceRow",
    "Wake",
]
