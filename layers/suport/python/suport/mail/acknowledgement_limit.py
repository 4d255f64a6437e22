"""How many mails that anybody can cause one address gets: the form must not serve to flood somebody."""

from datetime import timedelta

MOST_ACKNOWLEDGEMENTS, ACKNOWLEDGEMENTS_COUNTED_FOR = 3, timedelta(hours=1)
"""So many to one address in any such time."""
