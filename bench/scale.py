"""How much each part does. `small` is a check that everything runs; figures come from `full`."""

import msgspec


class Scale(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers of cases unless the name says otherwise."""

    kernel_seconds: float
    limit_requests: int
    rehearsed: tuple[int, ...]
    shaped: int
    insert_seconds: int
    single: int
    batch: int
    batch_connections: tuple[int, ...]
    grown: tuple[int, ...]
    steps_ours: int
    steps_bare: int
    wave_ours: int
    wave_bare: int
    logged: int
    year: int
    simulated: int
    paged: int
    page_times: int


SMALL = Scale(
    kernel_seconds=0.3, limit_requests=20_000, rehearsed=(50, 500), shaped=50, insert_seconds=2, single=150, batch=500, batch_connections=(1,), grown=(200, 2_000),
    steps_ours=150, steps_bare=80, wave_ours=300, wave_bare=100, logged=500, year=1_000, simulated=6_000, paged=5_000, page_times=2,
)  # fmt: skip
FULL = Scale(
    kernel_seconds=2.0, limit_requests=200_000, rehearsed=(100, 1_000, 10_000), shaped=2_000, insert_seconds=5, single=1_500, batch=2_000, batch_connections=(1, 4),
    grown=(500, 5_000, 50_000), steps_ours=2_000, steps_bare=1_000, wave_ours=10_000, wave_bare=2_000, logged=10_000, year=200_000, simulated=150_000, paged=1_000_000, page_times=12,
)  # fmt: skip
SCALES = {"small": SMALL, "full": FULL}
