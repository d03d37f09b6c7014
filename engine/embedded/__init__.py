"""PostgreSQL and Temporal as supervised children, for one machine without servers of its own."""
