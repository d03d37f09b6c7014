"""Read tables derived again from the ledger, to put in place of those that stand, or to compare with them."""
