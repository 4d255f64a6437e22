"""The local run's operators of the desk in the browser."""

from playwright.sync_api import Page

from tests.support.service import Service


def password_of(service: Service, name: str) -> str:
    """The password of that operator, as `.local/env` has it."""
    logins = [each.split(":") for each in service.environment["DESK_LOGINS"].split()]
    (found,) = [password for each, password, _ in logins if each == name]
    return found


def sign_in(page: Page, service: Service, name: str, password: str = "") -> None:
    """Fills in the identity provider's page, on which the browser is."""
    page.fill("input[name=username]", name)
    page.fill("input[name=password]", password or password_of(service, name))
    page.click("button[type=submit]")
