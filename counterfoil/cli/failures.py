"""The failures that a command tells in one sentence instead of a traceback."""

from __future__ import annotations

from connectors.errors import GatewayError
from connectors.money import AmountInvalid, CurrencyUnknown
from connectors.registry import GatewayUnknown
from counterfoil.approvals import ApprovalInvalid
from counterfoil.batch_lists import ListAltered, ListMissing
from counterfoil.cli.up.deploying import DeployFailed
from counterfoil.cli.up.ports import AlreadyRunning, PortBusy
from counterfoil.cli.up.processes import ProcessFailed
from counterfoil.cli.up.refund_over_http import NothingToRefund
from counterfoil.cli.up.steps import StepFailed
from counterfoil.prefect_api import CallRefused, QueueUnavailable
from counterfoil.queue import NotWaiting, RequestConflict
from counterfoil.secrets import SecretMissing
from counterfoil.settings import SettingsInvalid
from counterfoil.users import UserInvalid, UsersUnreadable
from warehouse.backups.manifest import BackupInvalid
from warehouse.batches.wanted import ListInvalid

KNOWN = (
    AlreadyRunning,
    AmountInvalid,
    ApprovalInvalid,
    BackupInvalid,
    CallRefused,
    CurrencyUnknown,
    DeployFailed,
    GatewayError,
    GatewayUnknown,
    ListAltered,
    ListInvalid,
    ListMissing,
    NotWaiting,
    NothingToRefund,
    PortBusy,
    ProcessFailed,
    QueueUnavailable,
    RequestConflict,
    SecretMissing,
    SettingsInvalid,
    StepFailed,
    UserInvalid,
    UsersUnreadable,
)
