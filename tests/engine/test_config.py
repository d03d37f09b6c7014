"""Settings: environment before file before default, and errors that name the place."""

import pytest

from engine.config import Settings, SettingsError, as_environment, load, shown


def test_the_environment_beats_the_file_and_both_are_named_as_origin(tmp_path):
    file = tmp_path / "jiannuo.toml"
    file.write_text('http_port = 9000\nzone = "Europe/Berlin"\n')
    loaded = load({"JIANNUO_CONFIG": str(file), "JIANNUO_HTTP_PORT": "9100"})
    assert (loaded.settings.http_port, loaded.settings.zone) == (9100, "Europe/Berlin")
    assert loaded.origins["http_port"] == "environment JIANNUO_HTTP_PORT"
    assert loaded.origins["zone"] == f"file {file}: zone"
    assert not loaded.asked("smtp_host")


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("JIANNUO_HTTP_PORT", "eighty", "int"),
        ("JIANNUO_HTTP_PORT", "70000", "65535"),
        ("JIANNUO_LOCALE", "de", "zh, en"),
        ("JIANNUO_ZONE", "Mars/Olympus", "Asia/Shanghai"),
        ("JIANNUO_DEMO", "perhaps", "bool"),
        ("DATABASE_URL", "mysql://a@b/c", "postgresql://"),
        ("TEMPORAL_ADDRESS", "localhost", "HOST:PORT"),
        ("JIANNUO_PUBLIC_URL", "example", "https://"),
        ("JIANNUO_FONTS", "/nowhere", "no such folder: /nowhere"),
    ],
)
def test_a_bad_value_is_refused_with_its_variable_and_what_it_may_be(variable, value, said):
    with pytest.raises(SettingsError) as refused:
        load({variable: value})
    assert variable in str(refused.value)
    assert said in str(refused.value)


def test_an_unknown_key_in_the_file_is_an_error_that_lists_the_known_ones(tmp_path):
    file = tmp_path / "jiannuo.toml"
    file.write_text("http_prot = 9000\n")
    with pytest.raises(SettingsError, match=r"'http_prot'.*http_port"):
        load({"JIANNUO_CONFIG": str(file)})


def test_a_missing_or_broken_file_is_an_error(tmp_path):
    with pytest.raises(SettingsError, match="JIANNUO_CONFIG"):
        load({"JIANNUO_CONFIG": str(tmp_path / "none.toml")})
    (tmp_path / "broken.toml").write_text("a = = b")
    with pytest.raises(SettingsError, match="not TOML"):
        load({"JIANNUO_CONFIG": str(tmp_path / "broken.toml")})


def test_another_process_gets_the_very_same_settings_through_the_environment(tmp_path):
    settings = load({"JIANNUO_DATA": str(tmp_path), "JIANNUO_DEMO": "true", "JIANNUO_SMTP_PASSWORD": "s"}).settings
    assert load(as_environment(settings)).settings == settings
    more = load({"JIANNUO_FONTS": str(tmp_path)}).settings
    assert more.fonts == tmp_path
    assert load(as_environment(more)).settings == more


def test_passwords_are_not_shown():
    settings = Settings(database_url="postgresql://u:geheim@h/d", smtp_password="geheim")
    assert not [name for name in Settings.__struct_fields__ if "geheim" in shown(settings, name)]


def test_a_demo_never_shares_the_data_folder_of_live_work():
    assert load({"JIANNUO_DEMO": "1"}).settings.data != load({}).settings.data
