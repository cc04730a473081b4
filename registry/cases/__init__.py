"""Case studies and the axes along which they are compared."""
