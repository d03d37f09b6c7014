"""Carriers (公开载体) from one source: what is published goes on cards, guides, boards, commitments, screens and pages."""
