"""The forecast that a page shows to a citizen: how soon questions like theirs were answered."""

from typing import TYPE_CHECKING

from suport.domain.category import Category
from suport.domain.incident import Topic
from suport.runtime import clock

if TYPE_CHECKING:
    from suport.domain.forecast import Forecast


def shown_forecast(kind: Category | Topic | None) -> "Forecast | None":
    """The forecast for that kind of problem; None if there is none, and for other matters.

    Other matters are answered by a team of some kind, and counted among its incidents.
    """
    if not isinstance(kind, Category):
        return None
    from suport.register.other_tables import published_forecasts  # noqa: PLC0415  a client, for no notice

    return published_forecasts().at(clock.now()).get(kind)
