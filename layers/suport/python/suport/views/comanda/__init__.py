"""What Comanda, the Government's dashboard, asks for, in its own form (integration manual 1.3)."""

APPLICATION = "SUPORT"
"""The service's code in Comanda."""
