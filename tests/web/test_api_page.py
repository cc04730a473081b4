from litestar.testing import AsyncTestClient

from tests.reading_on import answer


async def test_the_documentation_tells_of_every_operation_and_parameter(client: AsyncTestClient) -> None:
    document = await answer(client, "/api/v1/openapi.json")
    page = (await client.get("/api")).text
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert f'id="{operation["operationId"]}"' in page
            assert f"{method.upper()} {path}<" in page
            for parameter in operation.get("parameters", []):
                assert f"<code>{parameter['name']}</code>" in page
    assert "<script>" not in page
    assert "style=" not in page


async def test_the_documentation_speaks_the_readers_language(client: AsyncTestClient) -> None:
    page = (await client.get("/api?lang=zh-Hant")).text
    assert "活動清單" in page
    assert "最多回傳幾筆。" in page


async def test_the_commands_to_try_lead_to_what_they_say(client: AsyncTestClient) -> None:
    page = (await client.get("/api")).text
    commands = [line.split("<code>curl ")[1].split("</code>")[0] for line in page.splitlines()
                if "<code>curl" in line and " -H " not in line]
    addresses = [command.replace("&#39;", "").replace("&amp;", "&") for command in commands]
    assert len(addresses) == 11
    for address in addresses:
        assert (await client.get(address)).status_code == (200 if "?" in address else 404), address
