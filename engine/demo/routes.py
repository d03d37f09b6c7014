"""What the demo's clock shows, for the simulator and other machines. People turn it on the console's pages."""

from __future__ import annotations

from fastapi import APIRouter

from engine.clock import Clock

PATH = "/api/v1/demo/clock"


def routes(clock: Clock) -> APIRouter:
    """One route, only where there is a simulated clock."""
    router = APIRouter(include_in_schema=False)

    @router.get(PATH)
    def read() -> dict[str, str]:
        return {"now": clock.now().isoformat()}

    return router
