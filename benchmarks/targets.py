"""What the service wants to reach: the most that a figure may be, by its name."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """The most that a figure may be: its value in that unit or, without one, its ratio."""

    most: float
    unit: str = ""


TARGETS = {
    "submit_incident.json, cold": Target(1.25),
    "submit_incident.json, cold, beside (c)": Target(0.52),
    "track_incident.page, cold": Target(1.25),
    "update_incident.close_page, cold": Target(1.25),
    "record_consent.page, cold": Target(1.25),
    "notify_citizen.mail, cold": Target(1.2),
    "lookup_contact.contact, cold, over (a)": Target(55, "ms"),
    "submit_incident.json, warm": Target(3, "ms"),
    "submit_incident.form, warm": Target(3, "ms"),
    "submit_incident.json, warm, calls": Target(1, "calls"),
    "show_help.form_page, warm": Target(3.5, "ms"),
    "track_incident.page of 10 entries, warm": Target(5, "ms"),
    "routing 10 records": Target(45, "ms"),
    "routing 10 records, calls": Target(22, "calls"),
    "all of one incident": Target(12, "ms"),
    "all of one incident, ten at once": Target(12, "ms"),
    "list of 300 open, a page of 50": Target(25, "ms"),
    "stats of 180 days at 30,000 incidents": Target(40, "ms"),
    "layers, zipped": Target(11, "MB"),
    "memory of a process, at most": Target(58, "MB"),
    "make run, idle": Target(1, "% of a core"),
}
