"""The report of a month: a page with plots, and a table for a spreadsheet."""
