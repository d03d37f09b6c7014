"""A county as an Excel workbook: units, people and items in sheets a clerk can fill in, and back again."""
