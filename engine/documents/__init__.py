"""Papers of supervision: written from the record by templates an agency can change, kept once made, shown as page and PDF."""
