"""What a person makes of a finding in the console besides confirming and dismissing it, and findings of detectors on trial."""

from __future__ import annotations

import pytest

from tests.support.pages import field

pytestmark = pytest.mark.postgres


def ask(life, query, *values):
    with life.pool.connection() as connection:
        return connection.execute(query, values).fetchall()


def open_finding(life):
    query = "SELECT id, case_id, kind FROM finding WHERE kind = 'limit_expired' AND status = 'open' AND person IS NOT NULL ORDER BY id LIMIT 1"
    return ask(life, query)[0]


def test_a_finding_is_excused_with_its_exemption_and_a_confirmed_one_taken_back(inspector, life):
    id_, case_id, _ = open_finding(life)
    for word, field_, more in (("excuse", "excuse", {"code": "force_majeure"}), ("withdraw", "withdrawal", {})):
        page = inspector.get(f"/findings/{id_}").text
        form = {"csrf": field(page, "csrf"), "token": f"{word}-1", **more}
        assert inspector.post(f"/findings/{id_}/{word}", data=form).status_code == 422, "without a reason"
        answer = inspector.post(f"/findings/{id_}/{word}", data={**form, field_: "洪水冲毁道路"})
        assert answer.headers["location"].endswith(f"?done={'excused' if word == 'excuse' else 'withdrawn'}")
        if word == "excuse":
            assert ask(
                life, "SELECT status, data->>'code' FROM breach WHERE case_id = %s AND status = 'excused'", case_id
            )
            assert "已准予免责" in inspector.get(answer.headers["location"]).text
    assert ask(life, "SELECT status FROM finding WHERE id = %s", id_) == [("withdrawn",)]


def test_what_a_detector_on_trial_found_stands_apart_and_is_nobodys_task(inspector, life):
    id_, _, kind = open_finding(life)
    on_trial = (
        "UPDATE finding SET data = data::jsonb || jsonb_build_object('trial', %s::boolean), trial = %s WHERE kind = %s"
    )
    with life.pool.connection() as connection:
        connection.execute(on_trial, (True, True, kind))
    try:
        page = inspector.get(f"/findings?kind={kind}").text
        assert "试运行的检测项" in page and f"/findings/{id_}" in page.partition("试运行的检测项")[2]
        assert f'href="/findings?kind={kind}"' not in inspector.get("/today").text.partition("数据来源")[0]
        assert "试运行" in inspector.get(f"/findings/{id_}").text
    finally:
        with life.pool.connection() as connection:
            connection.execute(on_trial, (False, False, kind))
