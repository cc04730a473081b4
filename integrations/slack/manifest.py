"""The app's manifest, as far as we ask it."""

from pathlib import Path

import yaml

MANIFEST = Path(__file__).with_name("manifest.yaml")


def scopes_of_manifest() -> frozenset[str]:
    """The scopes of the app's bot."""
    return frozenset(yaml.safe_load(MANIFEST.read_text("utf-8"))["oauth_config"]["scopes"]["bot"])
