"""Receivers: addresses of other people's programs that are told the public news (outgoing webhooks).

What other systems tell us is in ``registry.hooks``.
"""
