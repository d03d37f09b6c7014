"""What-if: draft rules over past cases, in worker processes, kept with the draft."""
