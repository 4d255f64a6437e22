"""The reference GQNC-YQBY-1H8C as people type, hear, copy and paste it."""

REFERENCE = "GQNC-YQBY-1H8C"
CODE = "81D2-Q0XH-4Q3E-BQQY-1SYZ-1EP6-WXJD"

PASTED = [
    *("GQNC-YQBY-1H8C", "gqnc-yqby-1h8c", "GQNCYQBY1H8C", "gqnc yqby ih8c", "GQNC-YQBY-lH8C"),
    *("GQNC–YQBY–1H8C", "GQNC‑YQBY‑1H8C", "GQNC—YQBY—1H8C", "GQNC−YQBY−1H8C", "GQNC_YQBY_1H8C"),
    *("GQNC.YQBY.1H8C", "GQNC/YQBY/1H8C", "GQNC,YQBY,1H8C.", "GQNC\nYQBY\n1H8C", "GQN CYQ BY1 H8C"),
    *("«GQNC-YQBY-1H8C»", "(GQNC-YQBY-1H8C)", "<GQNC-YQBY-1H8C>", '"GQNC-YQBY-1H8C",'),
    "#GQNC-YQBY-1H8C",
    "ＧＱＮＣ－ＹＱＢＹ－１Ｈ８Ｃ",
    *("GQNC\u200b-YQ\u00adBY-1H8C\ufeff", "\u2066GQNC-YQBY-1H8C\u2069"),
    *("GQNC\u00a0YQBY\u202f1H8C", "G Q N C Y Q B Y 1 H 8 C", "GQNC%20YQBY%201H8C"),
    *("Referència: GQNC-YQBY-1H8C", "Referencia GQNC YQBY 1H8C", "Reference GQNCYQBY1H8C"),
    *("Ihre Referenz: gqnc-yqby-1h8c.", "la meva és GQNC-YQBY-1H8C, gràcies"),
    *(f"{REFERENCE} {CODE}", f"{REFERENCE}.{CODE}", f"https://example.org/prod/ca/track#{REFERENCE}.{CODE}"),
    *(f"track%2523{REFERENCE}.{CODE}", "GQNC&#8209;YQBY&#8209;1H8C", "&lt;GQNC-YQBY-1H8C&gt;"),
    *(f"aHR0cé {REFERENCE}", f"aHR0cHM6Ly9leà: {REFERENCE}", f"{REFERENCE} &#{'7' * 5000};"),
    *(f"track%23{REFERENCE}.{CODE}%3E", f"Referència: {REFERENCE}\nCodi d'accés: {CODE}"),
]  # fmt: skip
"""Each of them can only mean this reference."""

MAILED_LINKS = [
    (
        "https://urldefense.proofpoint.com/v2/url?u=https-3A__example.org_prod_ca_track-23GQNC-2DYQBY"
        "-2D1H8C.81D2-2DQ0XH-2D4Q3E-2DBQQY-2D1SYZ-2D1EP6-2DWXJD&d=DwMFaQ&c=euGZstcaTDllvimEN8b7jXrwq"
    ),
    f"https://urldefense.com/v3/__https://example.org/ca/track*{REFERENCE}.{CODE}__;Iw!!AbC!d1e2$",
    (
        "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.org%2Fca%2Ftrack%23"
        f"{REFERENCE}.{CODE}&data=05%7C02%7Canna%40example.org%7C1a2b3c4d5e6f%7C0%7C0&reserved=0"
    ),
    f"https://safelinks.example/?url=https%253A%252F%252Fexample.org%252Ftrack%2523{REFERENCE}.{CODE}",
    (
        "https://urldefense.proofpoint.com/v2/url?u=https-3A__safelinks.example_-3Furl-3Dhttps-253A-252F"
        "-252Fexample.org-252Ftrack-2523GQNC-2DYQBY-2D1H8C.81D2-2DQ0XH-2D4Q3E-2DBQQY-2D1SYZ-2D1EP6-2DWXJD"
        "-26data-3D05&d=DwMFaQ"
    ),
    f"https://secure-web.cisco.com/1AbcDefGhi/https%3A%2F%2Fexample.org%2Ftrack%23{REFERENCE}.{CODE}",
    f"https://linkprotect.cudasvc.com/url?a=https%3a%2f%2fexample.org%2ftrack%23{REFERENCE}.{CODE}&c=E",
    (
        "https://eu-west-1.protection.sophos.com?d=example.org&u="
        "aHR0cHM6Ly9leGFtcGxlLm9yZy9wcm9kL2NhL3RyYWNrI0dRTkMtWVFCWS0xSDhDLjgxRD"
        "ItUTBYSC00UTNFLUJRUVktMVNZWi0xRVA2LVdYSkQ&t=a1b2c3d4e5f6"
    ),
    f"{'Dear all, accessibility has been bad these days. ' * 200}{REFERENCE}.{CODE}",
]
"""The link to the incident in the links of programs that check mails, or far behind."""

IN_LONG_TEXTS = [
    f"{'No puc entrar al tràmit, i no sé què he de fer. ' * 60}{REFERENCE}",
    f"{'Sehr geehrte Damen und Herren, ' * 300}GQNC YQBY 1H8C{' danke sehr' * 400}",
]

MISREAD = [
    *("GQNC-YQBY-1H8D", "GQNC-YQBY-1H8", "GQNC-YQBY-1H8CC", "QGNC-YQBY-1H8C", "GQNC-YQBY-1H8U"),
    *("GQNC", "xGQNC-YQBY-1H8C", "no la sé", CODE, "1", "-", "GQNC-YQBÝ-1H8C", "../stats", "new"),
    *("aHR0cé", "aHR0cDovLw٣", "aHR0c" * 9000, f"&#{'1' * 5000};", "urldefense." * 4500),
]
"""None of them can mean any reference."""
