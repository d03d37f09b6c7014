"""The peer: the same work written straight on Temporal, as one would without the engine."""
