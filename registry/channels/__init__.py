"""The public channels of the community's chat, and the projects that meet in them."""
