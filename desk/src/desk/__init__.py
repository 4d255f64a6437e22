"""The support desk: an operator's command line to the team's queue and to the register."""
