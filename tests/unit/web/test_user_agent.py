import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suport.web.user_agent import described

WINDOWS = "(Windows NT 10.0; Win64; x64)"
IPHONE = "(iPhone; CPU iPhone OS 18_6_2 like Mac OS X)"
IPAD = "(iPad; CPU OS 18_6 like Mac OS X)"
MAC = "(Macintosh; Intel Mac OS X 10_15_7)"
ANDROID = "(Linux; Android 10; K)"
LINUX = "(X11; Linux x86_64)"
CHROMEBOOK = "(X11; CrOS x86_64 14541.0.0)"

CHROMIUM = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
MOBILE_CHROMIUM = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36"
WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
FIREFOX = "Gecko/20100101 Firefox/145.0"


@pytest.mark.parametrize(
    ("system", "rest", "expected"),
    [
        (WINDOWS, CHROMIUM, "Chrome 142, Windows"),
        (MAC, CHROMIUM, "Chrome 142, macOS"),
        (LINUX, CHROMIUM, "Chrome 142, Linux"),
        (CHROMEBOOK, CHROMIUM, "Chrome 142, ChromeOS"),
        (ANDROID, MOBILE_CHROMIUM, "Chrome 142, Android"),
        (
            IPHONE,
            f"{WEBKIT} CriOS/142.0.7444.77 Mobile/15E148 Safari/604.1",
            "Chrome 142, iOS",
        ),
        (WINDOWS, f"{CHROMIUM} Edg/142.0.0.0", "Edge 142, Windows"),
        (WINDOWS, f"{CHROMIUM} Edge/18.17763", "Edge 18, Windows"),
        (ANDROID, f"{MOBILE_CHROMIUM} EdgA/142.0.0.0", "Edge 142, Android"),
        (
            IPHONE,
            f"{WEBKIT} Version/18.0 EdgiOS/142.0.3595.66 Mobile/15E148 Safari/604.1",
            "Edge 142, iOS",
        ),
        ("(Windows NT 10.0; Win64; x64; rv:145.0)", FIREFOX, "Firefox 145, Windows"),
        ("(Macintosh; Intel Mac OS X 10.15; rv:145.0)", FIREFOX, "Firefox 145, macOS"),
        ("(X11; Ubuntu; Linux x86_64; rv:145.0)", FIREFOX, "Firefox 145, Linux"),
        (
            "(Android 15; Mobile; rv:145.0)",
            "Gecko/145.0 Firefox/145.0",
            "Firefox 145, Android",
        ),
        (IPHONE, f"{WEBKIT} FxiOS/145.0 Mobile/15E148 Safari/605.1.15", "Firefox 145, iOS"),
        (MAC, f"{WEBKIT} Version/26.1 Safari/605.1.15", "Safari 26, macOS"),
        (IPHONE, f"{WEBKIT} Version/26.1 Mobile/15E148 Safari/604.1", "Safari 26, iOS"),
        (IPAD, f"{WEBKIT} Version/18.6 Mobile/15E148 Safari/604.1", "Safari 18, iPadOS"),
        (WINDOWS, f"{CHROMIUM} OPR/124.0.0.0", "Opera 124, Windows"),
        (
            IPHONE,
            f"{WEBKIT} Version/18.6 Mobile/15E148 Safari/604.1 OPT/6.1.0",
            "Opera 6, iOS",
        ),
        (
            ANDROID,
            MOBILE_CHROMIUM.replace("Chrome/", "SamsungBrowser/29.0 Chrome/"),
            "Samsung Internet 29, Android",
        ),
    ],
)
def test_the_usual_browsers_are_recognised(system: str, rest: str, expected: str) -> None:
    assert described(f"Mozilla/5.0 {system} {rest}") == expected


@pytest.mark.parametrize(
    ("user_agent", "said"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko", "Windows"),
        ("NetFront/4.2 (Linux; Android 4.4; xisca@example.org)", "Android"),
        ("Mozilla/5.0 (PlayStation 5) Firefox/145.0", "Firefox 145"),
        ("curl/8.5.0", ""),
        ("Links (2.29; FreeBSD 14.1-RELEASE amd64; LLVM/Clang 18.1; text)", ""),
        ("Mozilla/5.0 (compatible; Konqueror/4.5; FreeBSD) KHTML/4.5.4 (like Gecko)", ""),
    ],
)
def test_of_browser_and_system_only_what_is_known_is_named(user_agent: str, said: str) -> None:
    assert described(user_agent) == said


@pytest.mark.parametrize("nothing", [None, "", " ", "\r\n", "\x00"])
def test_a_browser_without_a_header_has_no_description(nothing: str | None) -> None:
    assert described(nothing) == ""


@given(st.text(max_size=400))
def test_any_description_is_one_short_line(user_agent: str) -> None:
    description = described(user_agent)
    assert len(description) <= 150
    assert description.isprintable()


@pytest.mark.parametrize("part", ["Version/1", "Version/1 Safari", "Chrome/", "a", " ", "1"])
def test_a_long_header_is_read_quickly(part: str) -> None:
    begun = time.perf_counter()
    described(part * (10_000 // len(part)))
    assert time.perf_counter() - begun < 0.5
