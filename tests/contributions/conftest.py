"""Counting the statements of somebody who is signed in: the browser is the client."""

from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from tests.visits import Visit


@pytest.fixture
def client(visit: Visit) -> AsyncTestClient[Any]:
    """The client behind the browser."""
    assert isinstance(visit.client, AsyncTestClient)
    return visit.client
