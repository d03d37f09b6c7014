"""The connection to Temporal: waited for, never given up."""

from __future__ import annotations

import asyncio

import structlog
from temporalio.client import Client
from temporalio.service import RPCError

from engine.errors import OperatorError

_PAUSE = 1.0

_log = structlog.get_logger(__name__)


async def connect(address: str, namespace: str) -> Client:
    """A client, as soon as the server answers. OperatorError for a namespace that does not exist."""
    while True:
        try:
            client = await Client.connect(address, namespace=namespace)
            await client.count_workflows()
        except RuntimeError as error:
            _log.warning("temporal_away", address=address, error=str(error))
        except RPCError as error:
            if "amespace" in error.message and "not found" in error.message:
                raise OperatorError(
                    f"Temporal at {address} has no namespace {namespace!r}: create it there, or set TEMPORAL_NAMESPACE"
                ) from error
            _log.warning("temporal_away", address=address, error=error.message)
        else:
            return client
        await asyncio.sleep(_PAUSE)
