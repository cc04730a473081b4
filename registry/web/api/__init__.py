"""What the JSON API of every concept shares: lists, cursors, cross-origin reading, the OpenAPI document."""
