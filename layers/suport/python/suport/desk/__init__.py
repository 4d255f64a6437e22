"""What the desk in the browser keeps and does: sessions, drafts, the next incident of a team."""
