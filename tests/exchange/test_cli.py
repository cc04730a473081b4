import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from registry.cli import app
from registry.settings import load_settings
from tests.conftest import postgresql_in_trust


@pytest.fixture
def keng(database_url: str, monkeypatch: pytest.MonkeyPatch) -> "Keng":
    """The command on the test's database."""
    monkeypatch.setenv("KENG_DATABASE_URL", database_url)
    monkeypatch.setenv("COLUMNS", "200")
    load_settings.cache_clear()
    return Keng()


class Keng:
    def __call__(self, *words: object) -> Result:
        return CliRunner().invoke(app, [str(word) for word in words])


def an_events_folder(tmp_path: Path) -> Path:
    (tmp_path / "1.yaml").write_text("name: 台灣零時政府第壹次試辦黑客松\nid: 1\ndate: 2013/1/27\n")
    (tmp_path / "2.yaml").write_text("name: '[red]二'\nid: 2\ndate: soon\n")
    return tmp_path


@postgresql_in_trust
def test_an_import_prints_its_report_and_refused_rows_do_not_fail_it(keng: Keng, tmp_path: Path) -> None:
    folder = an_events_folder(tmp_path)
    dry, first, second = (
        keng("import", "jothon-events", folder, *more) for more in (["--dry-run"], [], [])
    )
    assert (dry.exit_code, first.exit_code, second.exit_code) == (0, 0, 0)
    refused = "2.yaml, 2, date = 'soon': a day is written year/month/day, such as 2024/1/6"
    assert all(refused in answer.stdout for answer in (dry, first, second))
    assert "Dry run: nothing was changed" in dry.stdout
    assert [word for word in first.stdout.split() if word.isdigit()][:4] == ["1", "0", "0", "1"]
    assert [word for word in second.stdout.split() if word.isdigit()][:4] == ["0", "0", "1", "1"]
    assert first.stdout.splitlines()[-1] == "2 rows read, 1 refused (50.0%)"


def test_what_cannot_be_read_at_all_fails_with_a_sentence(keng: Keng, tmp_path: Path) -> None:
    answer = keng("import", "g0v-db", tmp_path / "nothing.csv")
    assert answer.exit_code == 2
    assert answer.stdout.strip().endswith("nothing.csv: No such file or directory")
    assert keng("import", "xlsx", tmp_path).exit_code == 2


@postgresql_in_trust
def test_an_export_names_its_files_and_imports_again(keng: Keng, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    keng("import", "jothon-events", an_events_folder(tmp_path / "in"))
    answer = keng("export", "json", tmp_path / "out")
    assert answer.exit_code == 0
    assert f"{tmp_path / 'out' / 'events.json'}: 1" in answer.stdout
    (event,) = json.loads((tmp_path / "out" / "events.json").read_text())
    assert (event["slug"], event["number"], event["starts_on"]) == ("hackath1n", 1, "2013-01-27")
    assert keng("export", "csv", tmp_path / "sheet", "--for-spreadsheets").exit_code == 0
    assert (tmp_path / "sheet" / "events.csv").read_bytes().startswith("\ufeffslug,number".encode())


def test_an_archive_moves_everything_by_the_same_two_verbs(
    keng: Keng, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in").mkdir()
    keng("import", "jothon-events", an_events_folder(tmp_path / "in"))
    assert keng("export", "archive", tmp_path / "all.keng").exit_code == 0
    monkeypatch.setenv("KENG_DATABASE_URL", f"sqlite:///{tmp_path / 'elsewhere.sqlite3'}")
    load_settings.cache_clear()
    assert keng("import", "archive", tmp_path / "all.keng", "--dry-run").exit_code == 2
    assert keng("import", "archive", tmp_path / "all.keng").exit_code == 0
    keng("export", "json", tmp_path / "out")
    assert [event["slug"] for event in json.loads((tmp_path / "out" / "events.json").read_text())] == ["hackath1n"]
    assert "holds a record already" in " ".join(keng("import", "archive", tmp_path / "all.keng").stdout.split())


@postgresql_in_trust
def test_duplicates_are_listed(keng: Keng, tmp_path: Path) -> None:
    names = ["公車時刻表", "公車時刻表網站"]
    rows = [{"slug": f"p{number}", "name": {"zh-Hant": name}} for number, name in enumerate(names)]
    (tmp_path / "projects.json").write_text(json.dumps(rows))
    keng("import", "json", tmp_path)
    answer = keng("duplicates", "--limit", 5)
    assert answer.exit_code == 0
    assert all(name in answer.stdout for name in (*names, "name contained", "0.71", "1 of 1 open pairs, page 1"))


def test_the_demo_prepares_an_empty_database_and_loads_the_sample(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KENG_DATABASE_URL", f"sqlite:///{tmp_path / 'new' / 'keng.sqlite3'}")
    load_settings.cache_clear()
    keng = Keng()
    assert keng("duplicates").exit_code == 2
    first = keng("demo").stdout
    assert "0 refused (0.0%)" in first
    assert "/events/example-hackathon" in first
    again = keng("demo")
    assert again.exit_code == 0
    assert "the sample was not loaded" in again.stdout
    assert keng("duplicates").exit_code == 0
