"""What operations do with the deployed service; `docs/operations.md` says when."""
