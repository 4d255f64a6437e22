"""The texts that operators write: how they come about, and how operators confirm and send them."""
