"""Proves that nobody is stuck, by walking every state a definition gives. Pure: no SQLAlchemy."""
