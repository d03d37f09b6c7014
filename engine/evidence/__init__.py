"""Sealed evidence packages for the body a matter is referred to: gathered, hashed, signed, and verifiable without this installation."""
