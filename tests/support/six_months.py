"""When six months are over, according to libraries that the service does not use."""

from datetime import datetime

from dateutil.relativedelta import relativedelta

from suport.domain.legal_time import MADRID


def six_months_on(moment: datetime) -> datetime:
    """The midnight after the last day, according to another library's calendar."""
    last = moment.astimezone(MADRID).date() + relativedelta(months=6)
    return datetime(last.year, last.month, last.day, tzinfo=MADRID) + relativedelta(days=1)
