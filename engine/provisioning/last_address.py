"""The last address of every alert exists, or the engine does not start (accountability.md 4)."""

from __future__ import annotations

from engine.errors import OperatorError
from engine.storage.connect import Connection
from engine.storage.world import load_world


def demand_last_address(connection: Connection) -> None:
    """OperatorError where units are configured and no leading-group office that is one of them, or a person. An empty world may start."""
    world = load_world(connection)
    name = world.leading_group_office
    if world.units and not (name in world.units or (name is not None and world.known(name))):
        raise OperatorError(
            f"领导小组办公室 {name!r} 不是已登记的单位或人员，警示将无人接收；请在配置中写明 leading_group_office"
            f" · the leading-group office {name!r} is no unit or person here, so alerts could reach nobody; configure leading_group_office"
        )
