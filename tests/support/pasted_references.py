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
    *(f"track%23{REFERENCE}.{CODE}%3E", f"Referència: {REFERENCE}\nCodi d'accés: {CODE}"),
]  # fmt: skip
"""Each of them can only mean this reference."""

MISREAD = [
    *("GQNC-YQBY-1H8D", "GQNC-YQBY-1H8", "GQNC-YQBY-1H8CC", "QGNC-YQBY-1H8C", "GQNC-YQBY-1H8U"),
    *("GQNC", "xGQNC-YQBY-1H8C", "no la sé", CODE, "1", "-", "GQNC-YQBÝ-1H8C", "../stats", "new"),
]
"""None of them can mean any reference."""
