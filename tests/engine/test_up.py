"""`jiannuo up` with its real servers: starts, refuses to start twice, survives kill -9, leaves nothing behind."""

import os
import pwd
import shutil
import signal
import socket
import time

import psycopg
import pytest

from engine.embedded import account as accounts
from engine.embedded import postgres
from engine.embedded.process import is_running, wait_until
from tests.support.installation import Installation, installation, interpreter_for
from tests.support.servers import data_folder

pytestmark = pytest.mark.temporal


@pytest.fixture
def place():
    with data_folder() as data, installation(data) as made:
        yield made


def url(made: Installation) -> str:
    return postgres.connection_url(made.data, made.runtime().ports["postgres"])


def answers(made: Installation) -> bool:
    try:
        with psycopg.connect(url(made), connect_timeout=2) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


def everything_ended(known) -> bool:
    return wait_until(lambda: not any(is_running(one) for one in known), 20)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_one_signal_ends_every_child_within_bounds(place, number):
    place.start("--servers-only")
    assert answers(place)
    children = list(place.runtime().children.values())
    begun = time.monotonic()
    assert place.tell(number) == 0
    assert time.monotonic() - begun < 15
    assert not any(is_running(child) for child in children)
    assert not place.runtime().is_live()


def test_a_second_up_on_the_same_data_names_the_first_and_disturbs_nothing(place):
    place.start("--servers-only")
    second = place.command("up", "--servers-only")
    assert second.returncode == 1
    assert str(place.pid) in second.stderr
    assert str(place.data.root) in second.stderr
    assert answers(place)


@pytest.mark.parametrize("part", ["postgres", "temporal"])
def test_a_server_killed_without_a_word_is_started_again(place, part):
    place.start("--servers-only")
    old = place.child(part)
    os.kill(old.pid, signal.SIGKILL)
    place.wait_for_new(part, old)
    assert wait_until(lambda: answers(place), 20)


def test_committed_rows_survive_kill_9_of_everything_and_the_next_start_needs_no_help(place):
    place.start("--servers-only")
    with psycopg.connect(url(place)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    ports = place.runtime().ports
    place.kill_all()
    place.start("--servers-only")
    with psycopg.connect(url(place)) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (7,)
    assert place.runtime().ports.keys() == ports.keys()


def test_children_do_not_outlive_a_supervisor_killed_without_a_word(place):
    place.start("--servers-only")
    children = list(place.runtime().children.values())
    place.tell(signal.SIGKILL)
    assert everything_ended(children)


def test_a_start_right_after_kill_9_of_the_supervisor_ends_what_it_left(place):
    place.start("--servers-only")
    children = list(place.runtime().children.values())
    place.tell(signal.SIGKILL)
    place.start("--servers-only")
    assert not any(is_running(child) for child in children)
    assert answers(place)


def test_a_cluster_made_half_is_made_anew(place):
    place.start("--servers-only")
    place.tell(signal.SIGTERM)
    cluster = place.data.postgres / "cluster"
    cluster.rename(place.data.postgres / "draft")
    (place.data.postgres / "draft" / "PG_VERSION").unlink()
    place.start("--servers-only")
    assert answers(place)


def test_the_next_free_port_is_taken_unless_one_was_asked_for_by_name(place):
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        refused = place.command("up", "--servers-only", JIANNUO_POSTGRES_PORT=str(taken))
        assert refused.returncode == 1
        assert f"port {taken}" in refused.stderr
        place.start("--servers-only", JIANNUO_POSTGRES_PORT="", JIANNUO_TEMPORAL_PORT="", JIANNUO_TEMPORAL_UI_PORT="")
        first = place.runtime().ports
        with data_folder() as data, installation(data) as beside:
            beside.start(
                "--servers-only", JIANNUO_POSTGRES_PORT="", JIANNUO_TEMPORAL_PORT="", JIANNUO_TEMPORAL_UI_PORT=""
            )
            assert not set(first.values()) & set(beside.runtime().ports.values())
            assert answers(beside)


def test_other_commands_find_the_running_installation(place):
    place.start("--servers-only")
    shown = place.command("config", "show", "--origin").stdout
    assert f"127.0.0.1:{place.runtime().ports['temporal']}" in shown
    assert "running instance" in shown
    assert place.data.password() not in shown


def test_what_lies_in_the_folder_provisioning_is_loaded_at_the_start(place):
    folder = place.data.root / "provisioning"
    folder.mkdir()
    world = "units: [{id: office}]\npeople: [{id: a, unit: office}]\nleading_group_office: office\n"
    (folder / "world.yaml").write_text(world)
    place.start()
    with psycopg.connect(url(place)) as connection:
        found = connection.execute("SELECT kind, id FROM config_entry ORDER BY kind").fetchall()
    assert ("unit", "office") in found and ("setting", "leading_group_office") in found


def test_a_folder_that_cannot_be_provisioned_stops_the_start_and_says_why(place):
    folder = place.data.root / "provisioning"
    folder.mkdir()
    (folder / "world.yaml").write_text("units: [{id: a, parent: nowhere}]\n")
    refused = place.command("up")
    assert refused.returncode == 1
    assert "provision" in refused.stderr + refused.stdout


def test_with_both_addresses_given_nothing_is_embedded(place):
    place.start("--servers-only", DATABASE_URL="postgresql://a:b@127.0.0.1:1/x", TEMPORAL_ADDRESS="127.0.0.1:1")
    assert not place.runtime().children
    assert not (place.data.postgres / "cluster").exists()


@pytest.mark.skipif(
    os.geteuid() != 0, reason="needs root to become somebody else; otherwise every test here runs without root"
)
def test_without_root_the_servers_run_under_the_same_account():
    ordinary = pwd.getpwnam("nobody")
    if interpreter_for(ordinary.pw_uid) is None:
        pytest.skip(
            "no interpreter with our packages outside a closed home: clone and install Python where others may read"
        )
    with data_folder() as data, installation(data, ordinary.pw_uid) as made:
        os.chown(data.root, ordinary.pw_uid, ordinary.pw_gid)
        made.start("--servers-only", TEMPORAL_ADDRESS="127.0.0.1:1")
        assert answers(made)
        assert (data.postgres / "cluster").stat().st_uid == ordinary.pw_uid
        assert made.command("doctor").returncode == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another account")
def test_binaries_the_service_account_cannot_read_are_copied_to_where_it_can(tmp_path):
    installed = postgres.installed_programs().parent
    hidden = tmp_path / "private" / installed.parent.name / installed.name
    hidden.parent.parent.mkdir(mode=0o700)
    shutil.copytree(installed, hidden, symlinks=True)
    libraries = f"{installed.parent.name}.libs"
    shutil.copytree(installed.parent.parent / libraries, hidden.parent.parent / libraries, symlinks=True)
    account = accounts.service_account()
    assert not accounts.can_execute(hidden / "bin" / "postgres", account)
    with data_folder() as cache:
        copy = accounts.readable_copy(hidden, "1.0", cache.root)
        assert accounts.can_execute(copy / "bin" / "postgres", account)
        assert accounts.can_execute(copy / "bin" / "initdb", account), "it needs the libraries beside the package"
        assert accounts.readable_copy(hidden, "1.0", cache.root) == copy
