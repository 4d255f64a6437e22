"""The bills as figures, each beside one small server that is always on."""

from collections.abc import Iterator

from benchmarks.costs import model, price_list
from benchmarks.figures import Figure

INCIDENTS = "1,000 incidents, each from the help page to the last mail"
IDLE = "a month without any incident, every switch off"
SERVER = "one small server that is always on, a month"
AS_DEAR = "incidents a month that cost as much as the server"


def figures() -> Iterator[Figure]:
    """What follows from the prices and the counted calls, in dollars."""
    prices, acts = price_list.read(), model.recorded()
    server = model.of_server(prices).total
    incidents = model.of_incidents(1000, prices, acts).total
    idle = model.of_idle_month(prices, acts).total
    yield Figure(INCIDENTS, incidents, "dollars", SERVER, incidents / server)
    yield Figure(IDLE, idle, "dollars", SERVER, idle / server)
    yield Figure(SERVER, server, "dollars")
    yield Figure(AS_DEAR, 1000 * (server - idle) / incidents, "incidents")
