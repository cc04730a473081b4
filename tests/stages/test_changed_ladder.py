"""A community changes its ladder: another set of stages, while projects still stand on one that is gone."""

import re
import shutil
from pathlib import Path

import pytest
from litestar.testing import AsyncTestClient

from registry.community.current import within
from registry.database.engine import Database
from registry.paths import HANDBOOK
from registry.search.commands import rebuild
from registry.settings import Settings
from registry.stages.commands import advance_stage
from registry.stages.models import CheckpointEvidence, StageChange
from tests.conftest import postgresql_in_trust
from tests.pages import main_of, page_of, words
from tests.projects.test_pages import choices_in
from tests.stages.keepers import NOW, a_kept_project

STAGE = """
[[stage]]
key = "{key}"
name = {{ en = "{name}", zh-Hant = "{name}階段" }}
summary = {{ en = "About {name}.", zh-Hant = "關於{name}。" }}
imported_when = []

[[stage.checkpoint]]
key = "{key}-written"
said_by = "person"
text = {{ en = "{name} is written down.", zh-Hant = "寫下{name}。" }}

[[stage.checkpoint]]
key = "{key}-pitched"
said_by = "record"
evidence = "pitched"
text = {{ en = "{name} was pitched.", zh-Hant = "提過{name}。" }}
"""


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    """Two stages of other names instead of the community's six, and chapters that help on none of them."""
    shutil.copytree(HANDBOOK, tmp_path / "handbook")
    folder = tmp_path / "handbook"
    ladder = folder / "stages.toml"
    standings = ladder.read_text(encoding="utf-8").partition("[[standing]]")
    stages = [STAGE.format(key=key, name=name) for key, name in (("seed", "Seed"), ("tree", "Tree"))]
    ladder.write_text("".join([*stages, *standings[1:]]), encoding="utf-8")
    for path in folder.glob("*/*.md"):
        path.write_text(re.sub(r"^stages = .*\n", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE), "utf-8")
    return Settings(database_url=database_url, page_cache=False, community_dir=folder)


def _total(page: str) -> int:
    return int(re.findall(r'data-total="(\d+)"', page)[0])


@postgresql_in_trust
async def test_every_page_and_a_move_follow_the_changed_ladder(
    database: Database, settings: Settings, client: AsyncTestClient
) -> None:
    async with database.writing() as session:
        left, owner = await a_kept_project(session, slug="left", name={"en": "Lantern"}, stage_key="prototype")
        grown, _owner = await a_kept_project(session, slug="grown", name={"en": "Grown"}, stage_key="tree")
        session.add_all([
            StageChange(project_id=left.id, from_stage="idea", to_stage="prototype", reason="As it was.",
                        unmet_checkpoints=["readme"], changed_at=NOW),
            CheckpointEvidence(project_id=left.id, checkpoint_key="similar-projects", source="person", noted_at=NOW),
            CheckpointEvidence(project_id=grown.id, checkpoint_key="seed-written", source="person", note="In ink",
                               noted_at=NOW),
        ])
        with within(settings.community):
            await rebuild(session)
    page = words(main_of(await page_of(client, "/projects/left")))
    assert "Seed Here now · 0 of 2 checkpoints Tree 0 of 2 checkpoints" in page
    way = words(main_of(await page_of(client, "/projects/left/stage")))
    assert "idea → to prototype" in way  # what the ladder no longer has goes by its key
    assert "1 checkpoint was unmet then readme" in way
    assert "Seed is written down. In ink · said by its people" in words(await page_of(client, "/projects/grown/stage"))
    # An address from before still finds them.
    found = [_total(await page_of(client, f"/projects?stage={key}")) for key in ("seed", "tree", "prototype", "idea")]
    assert found == [1, 1, 1, 0]
    assert choices_in(await page_of(client, "/projects"), "Stage") == {"Seed": 1, "Tree": 1}
    assert re.findall(r"(\d+) project stands here", await page_of(client, "/stages")) == ["1", "1"]
    assert _total(await page_of(client, "/stages/seed")) == 1
    assert "Lantern" in main_of(await page_of(client, "/search?q=Lantern"))
    assert [(await client.get(f"/stages/{key}")).status_code for key in ("tree", "idea")] == [200, 404]
    with within(settings.community):
        async with database.writing() as session:
            change = await advance_stage(
                session, slug="left", to="tree", reason="Grown up.", revision=left.revision, by=owner, now=NOW
            )
            assert (change.from_stage, change.unmet_checkpoints) == ("prototype", ["seed-written", "seed-pitched"])
    assert _total(await page_of(client, "/projects?stage=tree")) == 2
