"""The pages of signing in and out: each says what has happened, and leads on."""

from dataclasses import dataclass
from typing import ClassVar

from suport.http.problem import Problem
from suport.texts.message import N_, Message
from suport.web.rendering import Document


@dataclass(frozen=True, kw_only=True)
class SignInPage(Document):
    """A page that leads on, and has nothing else around it: nobody may be signed in.

    title: its heading. text: what it says. way: where its link leads, and what that says. top: the
    way to where the service begins. continues: whether the browser goes there by itself.
    form_token: for signing out once more.
    """

    template: ClassVar[str] = "desk/sign_in.html"
    title: Message
    text: Message
    way: tuple[str, Message] | None
    top: str
    continues: bool = False
    form_token: str = ""


def signed_in(back: str, top: str) -> SignInPage:
    """Somebody has signed in. back: the way to the page at which to go on.

    It is a page and no redirect: a browser that comes from the provider would follow a redirect
    without the session's cookie, which belongs to no request that another site began.
    """
    return SignInPage(
        title=N_("You are signed in"),
        text=N_("This page continues to the desk by itself."),
        way=(back, N_("Continue to the desk")),
        top=top,
        continues=True,
    )


def signing_out(onward: str, top: str) -> SignInPage:
    """The session is over; `onward`, at the provider, is where the browser signs out, too.

    It is a page and no redirect, because a form must not lead away from the service.
    """
    return SignInPage(
        title=N_("You have signed out of the desk"),
        text=N_("This page continues by itself, to sign you out of the identity provider too."),
        way=(onward, N_("Continue")),
        top=top,
        continues=True,
    )


def signed_out(sign_in: str, top: str) -> SignInPage:
    """Somebody has signed out. sign_in: the way to sign in again."""
    return SignInPage(
        title=N_("You have signed out"),
        text=N_("Nobody can use the desk in this browser until somebody signs in again."),
        way=(sign_in, N_("Sign in again")),
        top=top,
    )


def not_signed_out(form_token: str, top: str) -> SignInPage:
    """The form to sign out was of another session. form_token: that of this one."""
    return SignInPage(
        title=N_("You are still signed in"),
        text=N_("The page on which you signed out was out of date. Sign out here."),
        way=None,
        top=top,
        form_token=form_token,
    )


def trouble(problem: Problem, sign_in: str, top: str) -> SignInPage:
    """What has kept somebody from signing in or out. sign_in: the way to sign in again."""
    return SignInPage(
        title=problem.title, text=problem.detail, way=(sign_in, N_("Sign in again")), top=top
    )
