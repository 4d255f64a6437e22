"""`make load`: how a stage does under load, and whether anything is lost in it."""
